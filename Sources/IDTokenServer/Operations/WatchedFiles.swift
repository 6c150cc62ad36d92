#if Server
  import Logging
  import Platform
  import ServiceLifecycle
  import SessionHost

  /// Reads the files of hosts and apps again when they change: a credential or a permission that is taken away takes effect
  /// within seconds, without a restart. A broken file leaves what was read before in force.
  struct WatchedFiles: Service {
    let files: [WatchedFile]
    let interval: Duration
    let logger: Logger

    func run() async throws {
      await cancelWhenGracefulShutdown {
        var last = files.map(\.contents)
        while !Task.isCancelled {
          try? await Task.sleep(for: interval)
          let latest = files.map(\.contents)
          for (index, file) in files.enumerated() where latest[index] != last[index] { reload(file) }
          last = latest
        }
      }
    }

    private func reload(_ file: WatchedFile) {
      do {
        try file.reload()
        logger.notice("read again", metadata: ["file": "\(file.path)"])
      } catch {
        logger.error("a changed file is refused, what was read before stays in force: \(error)")
      }
    }
  }

  struct WatchedFile: Sendable {
    let path: String
    let reload: @Sendable () throws -> Void

    var contents: [UInt8]? { try? POSIXFileSystem().contents(of: path, limit: 16 << 20).bytes }
  }
#endif
