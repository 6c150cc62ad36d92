#if Client
import AsyncHTTPClient
import Synchronization

extension RemoteJWKSet {
  func held() async throws(IssuerClientError) -> HeldKeys {
    while true {
      let now = stopwatch.elapsed()
      switch state.withLock({ $0.decide(at: now, caching) }) {
      case .use(let held): return held
      case .useMeanwhile(let held, let flight):
        launch(flight)
        return held
      case .fail(let error): throw error
      case .wait(let flight, let isNew):
        if isNew { launch(flight) }
        _ = await flight.outcome()
        if Task.isCancelled { throw .cancelled }
      }
    }
  }

  func newer(than held: HeldKeys) async -> HeldKeys? {
    let now = stopwatch.elapsed()
    switch state.withLock({ $0.decide(lacking: held.number, at: now, caching) }) {
    case .use(let newer), .useMeanwhile(let newer, _): return newer
    case .wait(let flight, let isNew):
      if isNew { launch(flight) }
      _ = await flight.outcome()
      return state.withLock { $0.held }.flatMap { $0.number == held.number ? nil : $0 }
    case .fail, nil: return nil
    }
  }

  /// By itself: who asked first may be cancelled, and others wait.
  func launch(_ flight: InFlightFetch) {
    Task.detached { [self] in
      let start = stopwatch.elapsed()
      let result = await fetch(flight)
      let end = stopwatch.elapsed()
      state.withLock { $0.finish(flight, result, from: start, to: end, caching) }
      flight.finish(result.map { _ in })
    }
  }

  private func fetch(_ flight: InFlightFetch) async -> Result<CachedKeySet, IssuerClientError> {
    do throws(IssuerClientError) {
      let answer = try await transport.send(CachedKeySet.request(url, flight))
      let fetched = try CachedKeySet(answer, to: flight)
      guard .seconds(fetched.age) < caching.maximumStaleness else {
        throw .keysTooOld(age: .seconds(fetched.age), limit: caching.maximumStaleness)
      }
      return .success(fetched)
    } catch { return .failure(error) }
  }
}
#endif
