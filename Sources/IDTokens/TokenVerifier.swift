public import JOSECore

/// Verifies ID tokens as a backend does: by the app's client secrets, or by the issuer's JWKS.
///
/// The keys decide which algorithms are accepted; the token decides nothing (RFC 8725 §3.1).
public struct TokenVerifier: Sendable {
  /// The app's client ID, which `aud` must name; unchecked if `nil`.
  public var audience: String?
  /// What `iss` must be; unchecked if `nil`.
  public var issuer: String?
  /// Seconds that clocks may differ, on `exp`, `nbf` and `iat`.
  public var leeway: Int64 = 10
  private let keys: Keys
  /// Of all copies of this verifier: they have the same keys.
  private let benches = ThreadLocalPool<VerifierContext>()

  private enum Keys: Sendable {
    case secrets([VerificationKey])
    case set(JWKSet)
  }

  /// For tokens of the Shopify profile.
  ///
  /// - Parameter secrets: the current secret and, while they change, the previous one; each is tried.
  public init(secrets: [ClientSecret], audience: String? = nil, issuer: String? = nil) throws(JWAError) {
    guard !secrets.isEmpty else { throw .invalidKey("a verifier needs at least one secret") }
    var keys: [VerificationKey] = []
    for secret in secrets { keys.append(try VerificationKey(.hs256, secret: secret.bytes)) }
    self.keys = .secrets(keys)
    (self.audience, self.issuer) = (audience, issuer)
  }

  /// For tokens of the OpenID profile.
  public init(keys: JWKSet, audience: String? = nil, issuer: String? = nil) {
    self.keys = .set(keys)
    (self.audience, self.issuer) = (audience, issuer)
  }

  /// The claims of a token that verifies.
  public func verify(
    _ token: String, at now: NumericDate = WallClock.system.now
  ) throws(VerificationError) -> IDTokenClaims {
    let jws = try authenticate(token)
    let object: JSONObject
    do { object = try jws.claims() } catch { throw .malformed(error) }
    let claims = try IDTokenClaims(object)
    try checkTimes(claims, now)
    try checkNames(claims)
    return claims
  }
}

// MARK: - Signature

extension TokenVerifier {
  /// The parts of a token whose header and signature are in order.
  private func authenticate(_ token: String) throws(VerificationError) -> CompactJWS {
    try benches.with { () throws(VerificationError) in
      do throws(JWAError) { return try VerifierContext() } catch { throw .openSSL(error) }
    } _: { (bench) throws(VerificationError) in
      var known: VerifiedHeader?
      let jws: CompactJWS
      do throws(JWSError) {
        jws = try CompactJWS(parsing: token) { header in
          known = bench.headers.known(header)
          return known?.header
        }
      } catch { throw .malformed(error) }
      if let known {
        try checkSignature(jws, known.keys, &bench.signatures)
      } else {
        try checkType(jws.header)
        let keys = try candidates(jws.header)
        try checkSignature(jws, keys, &bench.signatures)
        bench.headers.remember(VerifiedHeader(jws, keys))
      }
      return jws
    }
  }

  /// RFC 8725 §3.11: what says that it is something else, an access token (`at+jwt`) for instance, is no ID token.
  private func checkType(_ header: JWSHeader) throws(VerificationError) {
    guard let type = header.type, type.lowercased() != "jwt" else { return }
    throw .wrongType(type)
  }

  private func checkSignature(
    _ jws: CompactJWS, _ keys: [VerificationKey], _ verifier: inout SignatureVerifier
  ) throws(VerificationError) {
    for key in keys {
      do {
        let isValid = try jws.withSigningInput { (input) throws(JWAError) in
          try verifier.isValid(jws.signature.span, for: input, with: key)
        }
        if isValid { return }
      } catch { throw .openSSL(error) }
    }
    throw .invalidSignature(jws.header.algorithm)
  }

  private func candidates(_ header: JWSHeader) throws(VerificationError) -> [VerificationKey] {
    switch keys {
    case .secrets(let keys):
      guard header.algorithm == .hs256 else {
        throw .algorithmNotAllowed(header.algorithm, allowed: [.hs256])
      }
      return keys
    case .set(let set):
      guard !header.algorithm.isSymmetric else {
        throw .algorithmNotAllowed(header.algorithm, allowed: Algorithm.allCases.filter { !$0.isSymmetric })
      }
      return [try key(header, in: set)]
    }
  }

  private func key(_ header: JWSHeader, in set: JWKSet) throws(VerificationError) -> VerificationKey {
    let candidates = set.candidates(for: header)
    if let keyID = header.keyID {
      guard set[keyID] != nil else { throw .unknownKey(keyID: keyID, known: set.keys.compactMap(\.keyID)) }
      guard !candidates.isEmpty else { throw .keyMismatch(keyID: keyID, header.algorithm) }
    }
    guard candidates.count == 1 else {
      throw .ambiguousKey(keyID: header.keyID, candidates: candidates.count)
    }
    do { return try VerificationKey(header.algorithm, candidates[0].key) } catch { throw .openSSL(error) }
  }
}

// MARK: - Claims

extension TokenVerifier {
  private func checkTimes(_ claims: IDTokenClaims, _ now: NumericDate) throws(VerificationError) {
    // RFC 7519 §4.1.4: "on or after which" the token must not be accepted.
    guard claims.expiresAt > now.reduced(by: leeway) else {
      throw .expired(at: claims.expiresAt, now: now, leeway: leeway)
    }
    let latest = now.advanced(by: leeway)
    if let notBefore = claims.notBefore, notBefore > latest {
      throw .notYetValid(notBefore: notBefore, now: now, leeway: leeway)
    }
    guard claims.issuedAt <= latest else {
      throw .issuedInFuture(at: claims.issuedAt, now: now, leeway: leeway)
    }
  }

  /// RFC 7519 §2 on comparing names: "with no transformations or canonicalizations applied".
  private func checkNames(_ claims: IDTokenClaims) throws(VerificationError) {
    if let audience, !claims.audience.contains(where: { $0.isIdentical(to: audience) }) {
      throw .wrongAudience(found: claims.audience, expected: audience)
    }
    if let issuer, !claims.issuer.isIdentical(to: issuer) {
      throw .wrongIssuer(found: claims.issuer, expected: issuer)
    }
    guard case .secrets = keys else { return }
    guard let destination = claims.destination else { throw .missingClaim("dest") }
    guard claims.issuer.isIdentical(to: destination + "/admin") else {
      throw .issuerIsNotDestination(issuer: claims.issuer, destination: destination)
    }
  }
}
