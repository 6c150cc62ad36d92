#if Server
import JOSECore
import Logging
import SystemSupport
import ServiceLifecycle
import SessionHost

/// Reads the files of hosts and apps again when they or their secrets change, so that a revoked credential or permission
/// takes effect within seconds, without a restart. If a file is malformed, the earlier content stays in effect.
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
          // A refusal may have an outside cause that has ended, such as the limit of open files.
          guard isChanged || refused.contains(index) else { continue }
          if reload(file, isNews: isChanged) { refused.remove(index) } else { refused.insert(index) }
        }
        last = latest
      }
    }
  }

  /// - Parameter isNews: whether a refusal is logged.
  private func reload(_ file: WatchedFile, isNews: Bool) -> Bool {
    do {
      try file.reload()
      logger.notice("read again", metadata: ["file": "\(file.path)"])
      return true
    } catch {
      if isNews {
        logger.error("a changed file is refused, and its earlier content stays in effect: \(error)")
      }
      return false
    }
  }
}

struct WatchedFile: Sendable {
  let path: String
  /// The files with secrets that it names.
  var secrets: @Sendable () -> [String] = { [] }
  let reload: @Sendable () throws -> Void

  struct Contents: Equatable {
    let file: [UInt8]?
    /// `nil` for a file that can't be read.
    let secrets: [String: SecretBytes?]
  }

  /// Contents are compared, because a file can change twice within the resolution of its modification time.
  var contents: Contents {
    Contents(
      file: try? POSIXFileSystem().contents(of: path, limit: 16 << 20).bytes,
      secrets: Dictionary(
        secrets().map { ($0, try? SecretBytes(contentsOf: $0)) }, uniquingKeysWith: { first, _ in first }))
  }
}
#endif
