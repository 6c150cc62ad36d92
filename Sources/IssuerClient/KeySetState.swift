#if Client
import IDTokens
import JOSECore

/// A set, and the keys in it, which remember verified headers as long as the set stays the same.
struct HeldKeys: Sendable {
  let number: Int
  let set: JWKSet
  let keys: VerificationKeys
  var entityTag: String?
  /// When the issuer last said so: when that was asked for, less what the answer has spent in caches.
  var confirmedAt: Duration
  /// When the latest answer was asked for.
  var askedAt: Duration
  var freshUntil: Duration
}

/// What is known of an issuer's keys, and what to do next. Times are since the start; nothing here waits.
struct KeySetState: Sendable {
  private(set) var held: HeldKeys?
  private(set) var flight: InFlightFetch?
  private(set) var started = 0
  private var generation = 0
  private var failure: (error: IssuerClientError, at: Duration)?
  private var unknownKeyFetch: Duration?
  private var isForceWanted = false

  enum Decision {
    case use(HeldKeys)
    /// Use it, and let the fetch that was started go on by itself.
    case useMeanwhile(HeldKeys, InFlightFetch)
    case wait(InFlightFetch, isNew: Bool)
    case fail(IssuerClientError)
  }

  /// For who needs keys now.
  mutating func decide(at now: Duration, _ caching: KeySetCaching) -> Decision {
    if let held, now < held.freshUntil { return .use(held) }
    let usable = held.flatMap { now - $0.confirmedAt <= caching.maximumStaleness ? $0 : nil }
    if let usable, let failure, now < failure.at + caching.retryDelay * 4 {
      // The issuer was away a moment ago: nobody is kept waiting to find out whether it still is.
      guard flight == nil, mayTry(at: now, caching) else { return .use(usable) }
      return .useMeanwhile(usable, start())
    }
    if let flight { return .wait(flight, isNew: false) }
    if let failure, !mayTry(at: now, caching) {
      return .fail(self.refusal(failure.error, at: now, caching))
    }
    return .wait(start(), isNew: true)
  }

  /// For who has a token whose `kid` is not in the set of this number; `nil` when asking would change nothing.
  mutating func decide(lacking number: Int, at now: Duration, _ caching: KeySetCaching) -> Decision? {
    if let held, held.number != number { return .use(held) }
    if let flight { return .wait(flight, isNew: false) }
    if let last = unknownKeyFetch, now < last + caching.unknownKeyCooldown { return nil }
    guard mayTry(at: now, caching) else { return nil }
    unknownKeyFetch = now
    return .wait(start(), isNew: true)
  }

  /// Starts a fetch, or joins the one under way.
  mutating func join(force: Bool) -> (flight: InFlightFetch, isNew: Bool) {
    isForceWanted = isForceWanted || force
    if let flight { return (flight, false) }
    return (start(), true)
  }

  mutating func drop() {
    (held, failure, unknownKeyFetch) = (nil, nil, nil)
    generation += 1
  }

  private func mayTry(at now: Duration, _ caching: KeySetCaching) -> Bool {
    guard let failure else { return true }
    return now >= failure.at + caching.retryDelay
  }

  /// Without a set the reason is the failure; with one that has become too old, that.
  private func refusal(
    _ error: IssuerClientError, at now: Duration, _ caching: KeySetCaching
  ) -> IssuerClientError {
    guard let held else { return error }
    return .keysTooOld(age: now - held.confirmedAt, limit: caching.maximumStaleness)
  }

  private mutating func start() -> InFlightFetch {
    started += 1
    defer { isForceWanted = false }
    let made = InFlightFetch(
      number: started, generation: generation, isForced: isForceWanted, entityTag: held?.entityTag)
    flight = made
    return made
  }
}

extension KeySetState {
  /// The end of a fetch that was asked for at `start`. What belongs to a set that was dropped is forgotten.
  mutating func finish(
    _ flight: InFlightFetch, _ result: Result<CachedKeySet, IssuerClientError>, from start: Duration,
    to end: Duration,
    _ caching: KeySetCaching
  ) {
    self.flight = nil
    guard flight.generation == generation else { return }
    switch result {
    case .failure(let error): failure = (error, end)
    case .success(let fetched):
      failure = nil
      // A cache that answers for an issuer that is away (RFC 5861 §4) must not make an old set new.
      let confirmedAt = start - .seconds(fetched.age)
      let freshUntil = start + caching.lifetime(maxAge: fetched.maxAge, age: fetched.age)
      if let set = fetched.set {
        held = HeldKeys(
          number: flight.number, set: set, keys: VerificationKeys(set), entityTag: fetched.entityTag,
          confirmedAt: confirmedAt, askedAt: start,
          freshUntil: min(freshUntil, confirmedAt + caching.maximumStaleness))
      } else {
        held?.confirmedAt = confirmedAt
        held?.askedAt = start
        held?.freshUntil = min(freshUntil, confirmedAt + caching.maximumStaleness)
        if let tag = fetched.entityTag { held?.entityTag = tag }
      }
    }
  }

  /// How long a background refresh has nothing to do: until shortly before the set is stale, so that nobody waits.
  func pause(at now: Duration, _ caching: KeySetCaching) -> Duration {
    if let failure { return max(.zero, failure.at + caching.retryDelay - now) }
    guard let held else { return .zero }
    let lead = min(.seconds(30), (held.freshUntil - held.askedAt) / 10)
    return max(.zero, held.freshUntil - lead - now)
  }
}
#endif
