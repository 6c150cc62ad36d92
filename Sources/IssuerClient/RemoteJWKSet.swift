#if Client
import AsyncHTTPClient
public import IDTokens
public import JOSECore
public import Logging
import NIOHTTP1
public import ServiceLifecycle
import Synchronization
import SystemSupport

/// The keys of a remote issuer, for a backend that verifies its tokens.
///
/// The set is fetched when it is first needed, when it is out of date (`Cache-Control`, within the bounds of
/// `KeySetCaching`), and when it lacks a token's `kid`. Concurrent callers share one fetch. While the issuer can't be
/// reached, the set is used for a bounded time. As a service (`run()`) it refreshes ahead of time, so that no caller waits.
public final class RemoteJWKSet: RemoteKeySource {
  private let url: EndpointURL
  private let maximumStaleness: Duration
  private let logger: Logger?
  private let transport: HTTPTransport
  private let stopwatch: Stopwatch
  private let cache: Mutex<KeySetCache>

  /// The set at `/.well-known/jwks.json` under the issuer's URL.
  ///
  /// - Parameters:
  ///   - clock: measures ages and pauses.
  ///   - logger: gets the failures of background fetches.
  /// - Throws: `IssuerClientError` with the code `invalidURL` if the URL has a query.
  public convenience init(
    issuer: EndpointURL, caching: KeySetCaching = KeySetCaching(),
    options: ConnectionOptions = ConnectionOptions(), clock: any Clock<Duration> = ContinuousClock(),
    logger: Logger? = nil
  ) throws(IssuerClientError) {
    self.init(
      url: try issuer.appending("/.well-known/jwks.json"), caching: caching, options: options, clock: clock,
      logger: logger)
  }

  /// - Parameters:
  ///   - url: the `jwks_uri` of the issuer's metadata.
  ///   - clock: measures ages and pauses.
  ///   - logger: gets the failures of background fetches.
  public init(
    url: EndpointURL, caching: KeySetCaching = KeySetCaching(),
    options: ConnectionOptions = ConnectionOptions(), clock: any Clock<Duration> = ContinuousClock(),
    logger: Logger? = nil
  ) {
    (self.url, self.logger) = (url, logger)
    maximumStaleness = caching.maximumStaleness
    transport = HTTPTransport(options, limit: 1 << 20)
    stopwatch = Stopwatch(clock)
    cache = Mutex(KeySetCache(caching))
  }

  /// The current set.
  public func keys() async throws(IssuerClientError) -> JWKSet { try await current().set }

  /// The keys to look `keyID` up in. If the current set lacks it, the issuer is asked for a newer set, at most once in
  /// `KeySetCaching.unknownKeyCooldown`. The result may still lack it.
  public func verificationKeys(for keyID: String?) async throws(IssuerClientError) -> VerificationKeys {
    let current = try await current()
    guard let keyID, current.set[keyID] == nil else { return current.keys }
    return await newer(than: current)?.keys ?? current.keys
  }

  /// Forgets the set, as after a revocation. Nothing is verified until the issuer has been asked again; answers to earlier
  /// requests are ignored.
  public func drop() { cache.withLock { $0.drop() } }

  /// Fetches the set if it is out of date.
  ///
  /// - Parameter force: fetches in any case, with a request that begins after this call and bypasses caches. If it fails,
  ///   the old set stays; a set that must not be used is for `drop()`.
  public func refresh(force: Bool = false) async throws(IssuerClientError) {
    guard force else {
      _ = try await current()
      return
    }
    let before = cache.withLock { $0.fetchCount }
    while true {
      let (fetch, isNew) = cache.withLock { $0.fetch(force: true) }
      let outcome = await self.outcome(of: fetch, isNew: isNew)
      if Task.isCancelled { throw .cancelled }
      if fetch.number > before { return try outcome.get() }
    }
  }

  /// Closes the connections, which otherwise end with this object.
  public func shutdown() async { await transport.shutdown() }
}

extension VerificationKeySource where Self == RemoteJWKSet {
  /// The keys of a remote issuer, at `/.well-known/jwks.json` under its URL.
  public static func remote(_ issuer: EndpointURL) throws(IssuerClientError) -> RemoteJWKSet {
    try RemoteJWKSet(issuer: issuer)
  }
}

extension RemoteJWKSet: Service {
  /// Fetches at the start, and then shortly before the set is out of date, until the service group shuts down. Failures are
  /// logged and retried; they don't end the service.
  public func run() async throws {
    await cancelWhenGracefulShutdown { [self] in
      while !Task.isCancelled {
        let pause = await refreshInBackground()
        // Never busy, whatever the clock or the issuer says.
        try? await stopwatch.sleep(for: max(.milliseconds(100), pause))
      }
    }
  }

  /// - Returns: the time until the next fetch.
  private func refreshInBackground() async -> Duration {
    if cache.withLock({ $0.pause(at: stopwatch.elapsed()) }) == .zero {
      let (fetch, isNew) = cache.withLock { $0.fetch(force: false) }
      if case .failure(let error) = await outcome(of: fetch, isNew: isNew), error != .cancelled {
        logger?.warning("the issuer's keys could not be fetched: \(error)", metadata: ["url": "\(url)"])
      }
    }
    return cache.withLock { $0.pause(at: stopwatch.elapsed()) }
  }
}

// MARK: - Fetching

extension RemoteJWKSet {
  private func current() async throws(IssuerClientError) -> CachedKeySet {
    while true {
      switch cache.withLock({ $0.decide(at: stopwatch.elapsed()) }) {
      case .use(let keys): return keys
      case .useAndFetch(let keys, let fetch):
        start(fetch)
        return keys
      case .fail(let error): throw error
      case .wait(let fetch, let isNew):
        _ = await outcome(of: fetch, isNew: isNew)
        if Task.isCancelled { throw .cancelled }
      }
    }
  }

  private func newer(than keys: CachedKeySet) async -> CachedKeySet? {
    switch cache.withLock({ $0.decide(lacking: keys.version, at: stopwatch.elapsed()) }) {
    case .use(let newer), .useAndFetch(let newer, _): return newer
    case .wait(let fetch, let isNew):
      _ = await outcome(of: fetch, isNew: isNew)
      return cache.withLock { $0.current }.flatMap { $0.version == keys.version ? nil : $0 }
    case .fail, nil: return nil
    }
  }

  private func outcome(of fetch: InFlightFetch, isNew: Bool) async -> Result<Void, IssuerClientError> {
    if isNew { start(fetch) }
    return await fetch.outcome.wait() ?? .failure(.cancelled)
  }

  /// In a task of its own: the first caller may be cancelled while others wait.
  private func start(_ fetch: InFlightFetch) {
    Task.detached { [self] in
      let start = stopwatch.elapsed()
      let result = await self.result(of: fetch)
      let end = stopwatch.elapsed()
      cache.withLock { $0.finish(fetch, result, from: start, to: end) }
      fetch.outcome.set(result.map { _ in })
    }
  }

  private func result(of fetch: InFlightFetch) async -> Result<KeySetAnswer, IssuerClientError> {
    var request = HTTPClientRequest(url: url.text)
    request.headers.add(name: "Accept", value: "application/jwk-set+json, application/json")
    if let tag = fetch.entityTag { request.headers.add(name: "If-None-Match", value: tag) }
    // RFC 9111 §5.2.1.4
    if fetch.bypassesCaches { request.headers.add(name: "Cache-Control", value: "no-cache") }
    do throws(IssuerClientError) {
      let answer = try KeySetAnswer(try await transport.send(request), to: fetch)
      guard .seconds(answer.age) < maximumStaleness else {
        throw .keysTooOld(age: .seconds(answer.age), limit: maximumStaleness)
      }
      return .success(answer)
    } catch { return .failure(error) }
  }
}

extension KeySetAnswer {
  fileprivate init(_ answer: HTTPAnswer, to fetch: InFlightFetch) throws(IssuerClientError) {
    switch answer.status {
    case 200:
      do { set = try JWKSet(parsing: answer.body.span) } catch {
        throw .malformedAnswer(reason: error.description.printable(256))
      }
    case 304 where fetch.entityTag != nil: set = nil
    default: throw .refused(answer.refusal)
    }
    (entityTag, maxAge, age) = (answer.headers.entityTag, answer.headers.maxAge, answer.headers.age)
  }
}

/// Time since it was made, by any monotonic clock.
private struct Stopwatch: Sendable {
  let elapsed: @Sendable () -> Duration
  private let clock: any Clock<Duration>

  init(_ clock: any Clock<Duration>) { (self.clock, elapsed) = (clock, Self.reader(clock)) }

  func sleep(for duration: Duration) async throws { try await clock.sleep(for: duration) }

  private static func reader<C: Clock>(_ clock: C) -> @Sendable () -> Duration
  where C.Duration == Duration {
    let start = clock.now
    return { start.duration(to: clock.now) }
  }
}
#endif
