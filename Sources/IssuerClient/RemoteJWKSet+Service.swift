#if Client
import Logging
public import ServiceLifecycle
import Synchronization

extension RemoteJWKSet: Service {
  /// Fetches at the start and then shortly before the set is out of date, until the group shuts down. An issuer that is
  /// away is logged and asked again; it doesn't end the service.
  public func run() async throws {
    await cancelWhenGracefulShutdown { [self] in
      while !Task.isCancelled {
        let pause = await cycle()
        // A floor, so that a clock or an issuer gone wrong can't make this spin.
        try? await stopwatch.sleep(for: max(.milliseconds(100), pause))
      }
    }
  }

  /// One round of the background: the fetch that is due, and how long there will be none.
  private func cycle() async -> Duration {
    if state.withLock({ $0.pause(at: stopwatch.elapsed(), caching) }) == .zero {
      let (flight, isNew) = state.withLock { $0.join(force: false) }
      if isNew { launch(flight) }
      if case .failure(let error) = await flight.outcome(), error != .cancelled {
        logger?.warning("the issuer's keys could not be fetched: \(error)", metadata: ["url": "\(url)"])
      }
    }
    return state.withLock { $0.pause(at: stopwatch.elapsed(), caching) }
  }
}
#endif
