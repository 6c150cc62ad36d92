public import JOSECore

/// Where a `TokenVerifier` gets its keys: `VerificationKeys` in memory, or a `RemoteKeySource`.
public protocol VerificationKeySource: Sendable {}

/// Keys that may have to be fetched: an issuer's JWK Set elsewhere.
public protocol RemoteKeySource: VerificationKeySource {
  /// The keys of now, which were fetched again if none of them is named so and the source has not just looked.
  func verificationKeys(for keyID: String?) async throws -> VerificationKeys
}

/// Keys in memory that verify tokens. They decide which algorithms are accepted; a token decides nothing (RFC 8725 §3.1).
public final class VerificationKeys: VerificationKeySource {
  private let keys: Keys
  /// Shared by all verifiers with these keys.
  private let contexts = ThreadLocalPool<VerifierContext>()

  private enum Keys: Sendable {
    case secrets([VerificationKey])
    case set(JWKSet)
  }

  private init(_ keys: Keys) { self.keys = keys }

  package convenience init(secrets: [ClientSecret]) {
    self.init(.secrets(secrets.map(\.verificationKey)))
  }

  package convenience init(_ set: JWKSet) { self.init(.set(set)) }
}

extension VerificationKeySource where Self == VerificationKeys {
  /// The app's client secret: HS256.
  public static func secret(_ secret: ClientSecret) -> VerificationKeys {
    VerificationKeys(secrets: [secret])
  }

  /// The app's current client secret and, while they change, the previous one; each is tried.
  public static func secrets(_ current: ClientSecret, previous: ClientSecret?) -> VerificationKeys {
    VerificationKeys(secrets: [current] + (previous.map { [$0] } ?? []))
  }

  /// The public keys of an issuer.
  public static func jwkSet(_ set: JWKSet) -> VerificationKeys { VerificationKeys(set) }
}

// MARK: - Signatures

extension VerificationKeys {
  /// The parts of a token whose header and signature are in order.
  func authenticate(_ token: String) throws(VerificationError) -> CompactJWS {
    try contexts.with { () throws(VerificationError) in
      do throws(JOSEError) { return try VerifierContext() } catch { throw .failure(error) }
    } _: { (context) throws(VerificationError) in
      var verified: VerifiedHeader?
      let jws: CompactJWS
      do throws(JOSEError) {
        jws = try CompactJWS(parsing: token) { header in
          verified = context.headers.header(header)
          return verified?.header
        }
      } catch { throw .malformed(error) }
      if let verified {
        try Self.checkSignature(jws, verified.keys, &context.signatures)
      } else {
        try Self.checkType(jws.header)
        let keys = try candidates(jws.header)
        try Self.checkSignature(jws, keys, &context.signatures)
        context.headers.insert(VerifiedHeader(jws, keys))
      }
      return jws
    }
  }

  /// RFC 8725 §3.11: what says that it is something else, an access token (`at+jwt`) for instance, is no ID token.
  private static func checkType(_ header: JWSHeader) throws(VerificationError) {
    guard let type = header.type, type.lowercased() != "jwt" else { return }
    throw .wrongType(type)
  }

  private static func checkSignature(
    _ jws: CompactJWS, _ keys: [VerificationKey], _ verifier: inout SignatureVerifier
  ) throws(VerificationError) {
    for key in keys {
      do {
        let isValid = try jws.withSigningInput { (input) throws(JOSEError) in
          try verifier.isValid(jws.signature.span, for: input, with: key)
        }
        if isValid { return }
      } catch { throw .failure(error) }
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
      return [try Self.key(header, in: set)]
    }
  }

  private static func key(
    _ header: JWSHeader, in set: JWKSet
  ) throws(VerificationError) -> VerificationKey {
    let candidates = set.candidates(for: header)
    if let keyID = header.keyID {
      guard set[keyID] != nil else { throw .unknownKey(keyID: keyID, known: set.keys.compactMap(\.keyID)) }
      guard !candidates.isEmpty else { throw .keyMismatch(keyID: keyID, header.algorithm) }
    }
    guard candidates.count == 1 else {
      throw .ambiguousKey(keyID: header.keyID, candidates: candidates.count)
    }
    do { return try VerificationKey(header.algorithm, candidates[0].key) } catch { throw .failure(error) }
  }
}

/// What one verification after the other uses.
private struct VerifierContext: ~Copyable, Sendable {
  var signatures: SignatureVerifier
  var headers = VerifiedHeaderCache()

  init() throws(JOSEError) { signatures = try SignatureVerifier() }
}

/// A header that a valid token has had: what it means, and the keys that it selects.
private struct VerifiedHeader: Sendable {
  let encoded: [UInt8]
  let header: CompactJWS.ParsedHeader
  let keys: [VerificationKey]

  init(_ jws: CompactJWS, _ keys: [VerificationKey]) {
    (encoded, header, self.keys) = (jws.encodedHeader, CompactJWS.ParsedHeader(jws), keys)
  }
}

/// The headers of tokens that have verified; an issuer's tokens share a few. Only the holder of a key can add one, and
/// long ones are left out, so nobody can fill the memory through it.
private struct VerifiedHeaderCache: Sendable {
  private var entries: [VerifiedHeader] = []

  func header(_ encoded: Span<UInt8>) -> VerifiedHeader? {
    entries.first { entry in
      guard entry.encoded.count == encoded.count else { return false }
      return encoded.indices.allSatisfy { encoded[$0] == entry.encoded[$0] }
    }
  }

  mutating func insert(_ header: VerifiedHeader) {
    guard header.encoded.count <= 512 else { return }
    if entries.count >= 16 { entries.removeAll() }
    entries.append(header)
  }
}
