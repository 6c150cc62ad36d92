public import JOSECore
public import KeyRotation

/// Issues tokens of both profiles, for any number of threads and sessions.
///
/// A series is a session's hot path: its constant part is encoded once and made anew when the ring moves on.
public final class TokenIssuer: Sendable {
  public let clock: WallClock
  private let openID: OpenIDIssuer?
  private let minters: MinterPool
  private let groups: BatchMinting

  /// An issuer of the Shopify profile alone, which needs no keys of its own.
  public convenience init(clock: WallClock = .system) { self.init(nil, .off, clock) }

  /// An issuer of both profiles.
  ///
  /// - Parameter lanes: where the processor has any, callers that ask at the same time are signed together.
  public convenience init(
    _ issuer: IssuerURL, ring: KeyRing, clock: WallClock = .system, lanes: MultiBufferSigner = .shared
  ) {
    self.init(OpenIDIssuer(url: issuer, ring: ring), lanes, clock)
  }

  private init(_ openID: OpenIDIssuer?, _ lanes: MultiBufferSigner, _ clock: WallClock) {
    (self.openID, self.clock) = (openID, clock)
    minters = MinterPool(lanes)
    groups = BatchMinting(minters, lanes)
  }

  /// A fresh token, for who needs just one.
  public func mint(_ request: TokenRequest, _ profile: TokenProfile) throws(IDTokenError) -> SessionToken {
    let now = clock.now
    if case .openID = profile { try checkFreshness(at: now) }
    return try minters.mint(template(request, profile), at: now)
  }

  /// What the tokens of a session have in common, made ready.
  public func series(_ request: TokenRequest, _ profile: TokenProfile) throws(IDTokenError) -> TokenSession {
    TokenSession(
      request: request, profile: profile, epoch: openID?.ring.epoch, template: try template(request, profile))
  }

  /// A fresh token of a series: new `jti`, times of now, the key that is active now.
  public func mint(_ series: inout TokenSession) throws(IDTokenError) -> SessionToken {
    let now = clock.now
    try bringUpToDate(&series, at: now)
    return try mint(current: series, at: now)
  }

  private func bringUpToDate(_ series: inout TokenSession, at now: NumericDate) throws(IDTokenError) {
    guard case .openID = series.profile, let ring = openID?.ring else { return }
    try checkFreshness(at: now)
    if series.epoch != ring.epoch { series = try self.series(series.request, series.profile) }
  }

  /// The same, signed together with those who ask at the same time where that is sooner done: for servers with many tasks.
  ///
  /// - Throws: `IDTokenError.cancelled` too, where the task is cancelled meanwhile.
  public func mintTogether(_ series: inout TokenSession) async throws(IDTokenError) -> SessionToken {
    let now = clock.now
    try bringUpToDate(&series, at: now)
    guard let gathering = gathering(for: series) else { return try mint(current: series, at: now) }
    return try await groups.mint(series.template, at: now, in: gathering)
  }

  /// Whether the ring is still in the epoch that the series was made in.
  package func isCurrent(_ series: borrowing TokenSession) -> Bool {
    guard let epoch = series.ringEpoch else { return true }
    return epoch == openID?.ring.epoch
  }

  /// The same for a series that can't be made anew here: `nil` when the ring has moved on.
  package func mint(ifCurrent series: borrowing TokenSession) throws(IDTokenError) -> SessionToken? {
    let now = clock.now
    if series.ringEpoch != nil { try checkFreshness(at: now) }
    return isCurrent(series) ? try mint(current: series, at: now) : nil
  }

  /// Where the next caller for the series meets others who ask at the same time; `nil` where it signs at once, alone.
  package func gathering(for series: borrowing TokenSession) -> SigningQueue? {
    groups.gathering(series.template.parts.key)
  }

  /// The same, signed together with them.
  package func mint(
    ifCurrent series: TokenSession, in gathering: SigningQueue
  ) async throws(IDTokenError) -> SessionToken? {
    let now = clock.now
    if series.ringEpoch != nil { try checkFreshness(at: now) }
    return isCurrent(series) ? try await groups.mint(series.template, at: now, in: gathering) : nil
  }

  /// Borrowed: threads that count references to the same template wait for each other.
  private func mint(
    current series: borrowing TokenSession, at now: NumericDate
  ) throws(IDTokenError) -> SessionToken { try minters.mint(series.template, at: now) }

  private func checkFreshness(at now: NumericDate) throws(IDTokenError) {
    do throws(KeyRingError) { try openID?.ring.checkFreshness(at: now) } catch { throw .ring(error) }
  }

  private func template(_ request: TokenRequest, _ profile: TokenProfile) throws(IDTokenError)
    -> PreparedToken
  {
    switch profile {
    case .shopify(let secret):
      return try PreparedToken(request, secret: secret)
    case .openID(let algorithm):
      guard let openID else { throw .noRing }
      let key: RingSigningKey
      do throws(KeyRingError) {
        key = try openID.ring.current.signingKey(for: algorithm)
      } catch { throw .ring(error) }
      return try PreparedToken(request, issuer: openID.url, key: key)
    }
  }
}

/// The tokens of one session and app. A value: who wants tokens on two threads copies it.
public struct TokenSession: Sendable {
  public let request: TokenRequest
  public let profile: TokenProfile
  /// The ring's epoch that the template was made in.
  fileprivate let epoch: Int?
  /// Where it is signed with the ring's key.
  fileprivate var ringEpoch: Int? { template.parts.ringKey == nil ? nil : epoch }
  let template: PreparedToken
}

private struct OpenIDIssuer {
  let url: IssuerURL
  let ring: KeyRing
}
