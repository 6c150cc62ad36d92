#if Client
import IDTokens
import JOSECore
import SystemSupport

/// How long a key set is kept, and how often the issuer is asked for it.
public struct KeySetCaching: Sendable {
  /// The bounds of `max-age`. While the issuer can be reached, a revoked key is accepted no longer than the upper bound.
  public var freshness: ClosedRange<Duration> = .seconds(10) ... .seconds(3600)
  /// For an answer without `max-age`.
  public var defaultFreshness: Duration = .seconds(300)
  /// How long a set is used after its last confirmation, while the issuer can't be reached. The sum of this and the leeway
  /// should be smaller than the issuer's rotation policy grants to verifiers (a day by default).
  public var maximumStaleness: Duration = .seconds(12 * 3600)
  /// The pause after a fetch for an unknown `kid`. A token can name any `kid`, so tokens must not cause unlimited requests.
  public var unknownKeyCooldown: Duration = .seconds(30)
  /// The pause after a failure.
  public var retryDelay: Duration = .seconds(10)

  public init() {}

  /// How long an answer is fresh (RFC 9111 §4.2).
  fileprivate func lifetime(maxAge: Int64?, age: Int64) -> Duration {
    guard let maxAge else { return bounded(defaultFreshness) }
    return bounded(.seconds(max(0, maxAge - max(0, age))))
  }

  private func bounded(_ duration: Duration) -> Duration {
    min(maximumStaleness, max(freshness.lowerBound, min(freshness.upperBound, duration)))
  }
}

/// A set, and its keys ready to verify, which cache verified headers for as long as the set stays the same.
struct CachedKeySet: Sendable {
  /// Another one for each set that was fetched.
  let version: Int
  let set: JWKSet
  let keys: VerificationKeys
  fileprivate var entityTag: String?
  /// When the issuer last confirmed it: the time of the request, less the answer's time in caches.
  fileprivate var confirmedAt: Duration
  /// The time of the latest request.
  fileprivate var requestedAt: Duration
  fileprivate var freshUntil: Duration
}

/// A request that has not been answered yet.
struct InFlightFetch: Sendable {
  let number: Int
  /// The cache's when the request began: an answer from before a `drop()` is thrown away.
  fileprivate let generation: Int
  let bypassesCaches: Bool
  let entityTag: String?
  let outcome = OneShot<Result<Void, IssuerClientError>>()
}

/// An issuer's answer to a request for its keys.
struct KeySetAnswer: Sendable {
  /// `nil`: not modified (304).
  let set: JWKSet?
  let entityTag: String?
  let maxAge: Int64?
  let age: Int64
}

/// The cached keys of an issuer, and the rules when to fetch them. It does no I/O. Times count from one start.
struct KeySetCache: Sendable {
  private(set) var current: CachedKeySet?
  private(set) var fetchCount = 0
  private let caching: KeySetCaching
  private var inFlight: InFlightFetch?
  private var generation = 0
  private var failure: (error: IssuerClientError, at: Duration)?
  private var unknownKeyFetch: Duration?
  private var isForced = false

  init(_ caching: KeySetCaching) { self.caching = caching }

  enum Decision {
    case use(CachedKeySet)
    /// Use the set, and run the fetch in the background.
    case useAndFetch(CachedKeySet, InFlightFetch)
    case wait(InFlightFetch, isNew: Bool)
    case fail(IssuerClientError)
  }

  /// For a caller that needs keys.
  mutating func decide(at now: Duration) -> Decision {
    if let current, now < current.freshUntil { return .use(current) }
    let usable = current.flatMap { now - $0.confirmedAt <= caching.maximumStaleness ? $0 : nil }
    if let usable, let failure, now < failure.at + caching.retryDelay * 4 {
      // The issuer failed a moment ago: try again in the background, so that callers don't wait for it.
      guard inFlight == nil, mayRetry(at: now) else { return .use(usable) }
      return .useAndFetch(usable, start())
    }
    if let inFlight { return .wait(inFlight, isNew: false) }
    if let failure, !mayRetry(at: now) {
      guard let current else { return .fail(failure.error) }
      return .fail(.keysTooOld(age: now - current.confirmedAt, limit: caching.maximumStaleness))
    }
    return .wait(start(), isNew: true)
  }

  /// For a caller whose token names a key that the set of this version lacks. `nil` if a fetch would change nothing.
  mutating func decide(lacking version: Int, at now: Duration) -> Decision? {
    if let current, current.version != version { return .use(current) }
    if let inFlight { return .wait(inFlight, isNew: false) }
    if let last = unknownKeyFetch, now < last + caching.unknownKeyCooldown { return nil }
    guard mayRetry(at: now) else { return nil }
    unknownKeyFetch = now
    return .wait(start(), isNew: true)
  }

  /// Starts a fetch, or joins the one in flight. After that one, a forced one is forced still.
  mutating func fetch(force: Bool) -> (fetch: InFlightFetch, isNew: Bool) {
    isForced = isForced || force
    if let inFlight { return (inFlight, false) }
    return (start(), true)
  }

  mutating func drop() {
    (current, failure, unknownKeyFetch) = (nil, nil, nil)
    generation += 1
  }

  /// The end of a fetch. Its result is ignored if the cache was dropped meanwhile.
  mutating func finish(
    _ fetch: InFlightFetch, _ result: Result<KeySetAnswer, IssuerClientError>, from start: Duration,
    to end: Duration
  ) {
    inFlight = nil
    guard fetch.generation == generation else { return }
    switch result {
    case .failure(let error): failure = (error, end)
    case .success(let answer):
      failure = nil
      if let set = answer.set {
        current = CachedKeySet(
          version: fetch.number, set: set, keys: VerificationKeys(set), entityTag: answer.entityTag,
          confirmedAt: start, requestedAt: start, freshUntil: start)
      }
      // A cache may answer in place of an issuer that is down (RFC 5861 §4). That confirms nothing.
      let confirmedAt = start - .seconds(answer.age)
      let freshUntil = start + caching.lifetime(maxAge: answer.maxAge, age: answer.age)
      current?.confirmedAt = confirmedAt
      current?.requestedAt = start
      current?.freshUntil = min(freshUntil, confirmedAt + caching.maximumStaleness)
      if let tag = answer.entityTag { current?.entityTag = tag }
    }
  }

  /// How long a background refresh has nothing to do. It fetches shortly before the set is stale, so that no caller waits.
  func pause(at now: Duration) -> Duration {
    if let failure { return max(.zero, failure.at + caching.retryDelay - now) }
    guard let current else { return .zero }
    let lead = min(.seconds(30), (current.freshUntil - current.requestedAt) / 10)
    return max(.zero, current.freshUntil - lead - now)
  }

  private func mayRetry(at now: Duration) -> Bool {
    guard let failure else { return true }
    return now >= failure.at + caching.retryDelay
  }

  private mutating func start() -> InFlightFetch {
    fetchCount += 1
    defer { isForced = false }
    let fetch = InFlightFetch(
      number: fetchCount, generation: generation, bypassesCaches: isForced, entityTag: current?.entityTag)
    inFlight = fetch
    return fetch
  }
}
#endif
