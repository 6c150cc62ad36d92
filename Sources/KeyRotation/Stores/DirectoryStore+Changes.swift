import SystemSupport

extension DirectoryStore {
  /// Looks at the manifest once a second: that works on every file system, network ones among them, and costs a read
  /// of a few kilobytes.
  public func changes() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let task = Task { [self] in
      var last = try? files.contents(of: directory + "/ring.json", limit: 1 << 20).bytes
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(1))
        let latest = try? files.contents(of: directory + "/ring.json", limit: 1 << 20).bytes
        if latest != last { continuation.yield() }
        last = latest
      }
    }
    continuation.onTermination = { _ in task.cancel() }
    return stream
  }
}
