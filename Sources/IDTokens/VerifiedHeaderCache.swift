import JOSECore

/// What one verification after the other uses.
struct VerifierContext: ~Copyable, Sendable {
  var signatures: SignatureVerifier
  var headers = VerifiedHeaderCache()

  init() throws(JWAError) { signatures = try SignatureVerifier() }
}

/// A header that a valid token has had: what it means, and the keys that it selects.
struct VerifiedHeader: Sendable {
  fileprivate let encoded: [UInt8]
  let header: CompactJWS.ParsedHeader
  let keys: [VerificationKey]

  init(_ jws: CompactJWS, _ keys: [VerificationKey]) {
    (encoded, header, self.keys) = (jws.encodedHeader, CompactJWS.ParsedHeader(jws), keys)
  }
}

/// The headers of tokens that have verified; an issuer's tokens share a few. Only a key's holder can add one, and long
/// ones are left out, so nobody can fill the memory through it.
struct VerifiedHeaderCache: Sendable {
  private var entries: [VerifiedHeader] = []

  func known(_ encoded: Span<UInt8>) -> VerifiedHeader? {
    entries.first { entry in
      guard entry.encoded.count == encoded.count else { return false }
      return encoded.indices.allSatisfy { encoded[$0] == entry.encoded[$0] }
    }
  }

  mutating func remember(_ header: VerifiedHeader) {
    guard header.encoded.count <= 512 else { return }
    if entries.count >= 16 { entries.removeAll() }
    entries.append(header)
  }
}
