#if Server
import JOSECore
import Logging
import SystemSupport
import ServiceLifecycle
import SessionHost

/// Reads the files of hosts and apps again when they or the secrets they name change: a credential, a permission or
/// a secret that is taken away takes effect within seconds, without a restart. A broken file leaves what was read before
/// in force.
struct WatchedFiles: Service {
  let files: [WatchedFile]
  let interval: Duration
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var last = files.map(\.contents)
      var refused: Set<Int> = []
      while !Task.isCancelled {
        try? await Task.sleep(for: interval)
        let latest = files.map(\.contents)
        for (index, file) in files.enumerated() {
          let isChanged = latest[index] != last[index]
          // What made it refused may lie elsewhere, and be put right there: a secret's file, or the limit of open files.
          guard isChanged || refused.contains(index) else { continue }
          if reload(file, isNews: isChanged) { refused.remove(index) } else { refused.insert(index) }
        }
        last = latest
      }
    }
  }

  /// - Parameter isNews: whether a refusal is worth a line.
  private func reload(_ file: WatchedFile, isNews: Bool) -> Bool {
    do {
      try file.reload()
      logger.notice("read again", metadata: ["file": "\(file.path)"])
      return true
    } catch {
      if isNews {
        logger.error("a changed file is refused, what was read before stays in force: \(error)")
      }
      return false
    }
  }
}

struct WatchedFile: Sendable {
  let path: String
  /// The files with secrets that it names, as far as that is known.
  var secrets: @Sendable () -> [String] = { [] }
  let reload: @Sendable () throws -> Void

  struct Contents: Equatable {
    let file: [UInt8]?
    /// `nil` for one that can't be read.
    let secrets: [String: SecretBytes?]
  }

  /// Times and sizes would do mostly: contents differ even where a file changes twice within a tick of its clock.
  var contents: Contents {
    Contents(
      file: try? POSIXFileSystem().contents(of: path, limit: 16 << 20).bytes,
      secrets: Dictionary(
        secrets().map { ($0, try? SecretBytes(contentsOf: $0)) }, uniquingKeysWith: { first, _ in first }))
  }
}
#endif
