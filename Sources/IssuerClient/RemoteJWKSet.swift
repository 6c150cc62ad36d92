#if Client
public import IDTokens
public import JOSECore
public import Logging
import Synchronization

/// The keys of an issuer elsewhere, for a backend that verifies its tokens.
///
/// The set is fetched when it is first needed and again when it is out of date (`Cache-Control`, within the bounds of
/// `KeySetCaching`) or lacks a token's `kid`; whoever asks meanwhile waits for the same fetch. While the issuer is away
/// the set stays in use for a bounded time. As a service (`run()`) it refreshes ahead, so that nobody waits.
public final class RemoteJWKSet: RemoteKeySource {
  let stopwatch: Stopwatch
  let caching: KeySetCaching
  let logger: Logger?
  let url: EndpointURL
  let transport: Transport
  let state = Mutex(KeySetState())

  /// An issuer's set, at `/.well-known/jwks.json` under its URL.
  public convenience init(
    issuer: EndpointURL, caching: KeySetCaching = KeySetCaching(),
    options: ConnectionOptions = ConnectionOptions(), clock: any Clock<Duration> = ContinuousClock(),
    logger: Logger? = nil
  ) throws(IssuerClientSetupError) {
    self.init(
      url: try issuer.appending("/.well-known/jwks.json"), caching: caching, options: options, clock: clock,
      logger: logger)
  }

  /// - Parameters:
  ///   - url: what the issuer's metadata calls `jwks_uri`.
  ///   - clock: what ages and pauses are measured with.
  ///   - logger: told of fetches that fail in the background.
  public init(
    url: EndpointURL, caching: KeySetCaching = KeySetCaching(),
    options: ConnectionOptions = ConnectionOptions(), clock: any Clock<Duration> = ContinuousClock(),
    logger: Logger? = nil
  ) {
    (self.url, self.caching, self.logger) = (url, caching, logger)
    transport = Transport(options, limit: 1 << 20)
    stopwatch = Stopwatch(clock)
  }

  /// The set of now.
  public func keys() async throws(IssuerClientError) -> JWKSet { try await held().set }

  /// The claims of a token that verifies. A `kid` that the set lacks makes it ask the issuer once.
  ///
  /// - Parameters:
  ///   - audience: your client ID. Without it the token of another app is good for yours.
  ///   - leeway: seconds that clocks may differ.
  public func verify(
    _ token: String, audience: String?, issuer: String? = nil, leeway: Int64 = 10,
    at now: NumericDate = WallClock.system.now
  ) async throws(RemoteVerificationError) -> IDTokenClaims {
    func check(_ held: HeldKeys) throws(VerificationError) -> IDTokenClaims {
      var verifier = TokenVerifier(
        held.keys, audience: audience.map { ExpectedAudience($0) } ?? .unchecked,
        issuer: issuer.map { ExpectedIssuer($0) } ?? .unchecked)
      verifier.leeway = .seconds(leeway)
      return try verifier.verify(token, at: now)
    }
    let held: HeldKeys
    do throws(IssuerClientError) { held = try await self.held() } catch { throw .keys(error) }
    let refusal: VerificationError
    do throws(VerificationError) { return try check(held) } catch { refusal = error }
    guard case .unknownKey = refusal.reason, let newer = await newer(than: held) else {
      throw .token(refusal)
    }
    do throws(VerificationError) { return try check(newer) } catch { throw .token(error) }
  }

  /// The keys of now. A `kid` that the set lacks makes it ask the issuer once.
  public func verificationKeys(for keyID: String?) async throws -> VerificationKeys {
    let held = try await held()
    guard let keyID, held.set[keyID] == nil, let newer = await newer(than: held) else { return held.keys }
    return newer.keys
  }

  /// Forgets the set, as after a revocation: nothing is verified until the issuer has been asked again. What is on its
  /// way was asked for before, and is not used.
  public func drop() { state.withLock { $0.drop() } }

  /// Fetches what is due; with `force` fetches in any case, past the caches on the way, with a request that begins after
  /// this call. A set that can't be replaced stays: `drop()` is for one that must not be used.
  public func refresh(force: Bool = false) async throws(IssuerClientError) {
    guard force else {
      _ = try await held()
      return
    }
    let before = state.withLock { $0.started }
    while true {
      let (flight, isNew) = state.withLock { $0.join(force: true) }
      if isNew { launch(flight) }
      let outcome = await flight.outcome()
      if Task.isCancelled { throw .cancelled }
      if flight.number > before { return try outcome.get() }
    }
  }

  /// Closes the connections, which otherwise end with this object.
  public func shutdown() async { await transport.shutdown() }
}

extension VerificationKeySource where Self == RemoteJWKSet {
  /// The keys of an issuer elsewhere, at `/.well-known/jwks.json` under its URL.
  public static func remote(_ issuer: EndpointURL) throws -> RemoteJWKSet { try RemoteJWKSet(issuer: issuer) }
}
#endif
