@testable import IDTokens
@testable import JOSECore
@testable import KeyRotation

extension Target {
  /// Reads the input, and holds what was read against what writing it and reading it again gives.
  func check(_ input: [UInt8]) throws {
    switch self {
    case .json: try checkJSON(input)
    case .base64url: try checkBase64URL(input)
    case .jws: try checkJWS(input)
    case .jwks: try checkJWKS(input)
    case .pem: try checkPEM(input)
    case .manifest: try checkManifest(input)
    case .audit: try checkAudit(input)
    case .shop: try checkShop(input)
    case .claims: try checkClaims(input)
    }
  }

  private func checkJSON(_ input: [UInt8]) throws {
    let fast = JSONObject(flat: input.span)
    do {
      let value = try JSONValue(parsing: input.span)
      if let fast { try require(value == .object(fast), "the fast parser reads what the strict one reads") }
      let written = value.text()
      let again = try reread("what was written can be read") { try JSONValue(parsing: written) }
      try require(again == value, "a value stays the same")
      try require(again.text() == written, "its text too")
    } catch let refusal as JSONError {
      try require(fast == nil, "the fast parser takes nothing that the strict one refuses")
      throw refusal
    }
  }

  private func checkBase64URL(_ input: [UInt8]) throws {
    let decoded = try Base64URL.decode(input.span)
    try require(Base64URL.encodedBytes(decoded.span) == input, "bytes have one encoding")
  }

  private func checkJWS(_ input: [UInt8]) throws {
    let token = String(decoding: input, as: UTF8.self)
    let jws = try CompactJWS(parsing: token)
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    try require(parts.count == 3, "a token has three parts")
    try require(Base64URL.encode(jws.payload.span) == parts[1], "a payload has one encoding")
    try require(Base64URL.encode(jws.signature.span) == parts[2], "a signature has one encoding")
    _ = try jws.claims()
  }

  private func checkJWKS(_ input: [UInt8]) throws {
    let set = try JWKSet(parsing: input.span)
    let written = set.bytes
    let again = try reread("a set that was written can be read") { try JWKSet(parsing: written.span) }
    try require(again.skipped.isEmpty, "every key of it")
    try require(again.keys.count == set.keys.count && again.bytes == written, "a set stays the same")
  }

  private func checkPEM(_ input: [UInt8]) throws {
    if let key = try? PublicKey(pem: String(decoding: input, as: UTF8.self)) {
      let written = try key.pem()
      let again = try reread("a public key that was written can be read") { try PublicKey(pem: written) }
      try require(try again.pem() == written, "a public key stays the same")
    }
    var bytes = input
    let key = try PrivateKey(pem: SecretBytes(wiping: &bytes))
    let written = try key.pem()
    let again = try reread("a private key that was written can be read") { try PrivateKey(pem: written) }
    try require(try again.pem() == written, "a private key stays the same")
  }

  private func checkManifest(_ input: [UInt8]) throws {
    let manifest = try RingManifest(input.span, path: "ring.json")
    try checkRoundTrip(manifest)
    let ring = manifest.ring
    let keyIDs = ring.keys.map(\.keyID)
    let requests: [RotationRequest?] = [
      nil, .rotate([]), .confirm(keyIDs: keyIDs), keyIDs.first.map { .revoke(keyID: $0, reason: "test") },
    ]
    let dates = ring.keys.map(\.publishedAt.secondsSinceEpoch) + [1_800_000_000]
    for start in Set([dates.min(), dates.max()].compactMap(\.self)) {
      for later in [0, 61, 86_400, 100_000_000] as [Int64] {
        let (seconds, isOverflow) = start.addingReportingOverflow(later)
        guard !isOverflow else { continue }
        for request in requests {
          guard let step = try? ring.step(ring.policy, at: NumericDate(seconds), request) else { continue }
          try require((ring.epoch...ring.epoch + 1).contains(step.ring.epoch), "a step is one epoch at most")
          try checkRoundTrip(RingManifest(ring: step.ring, latest: manifest.latest))
        }
      }
    }
  }

  private func checkRoundTrip(_ manifest: RingManifest) throws {
    let written = manifest.bytes
    let again = try reread("a manifest that was written can be read") {
      try RingManifest(written.span, path: "ring.json")
    }
    try require(again.ring == manifest.ring && again.latest == manifest.latest, "a manifest stays the same")
    try require(again.bytes == written, "its bytes too")
  }

  private func checkAudit(_ input: [UInt8]) throws {
    let entry = try AuditEntry(line: String(decoding: input, as: UTF8.self))
    let again = try reread("an entry that was written can be read") { try AuditEntry(line: entry.line) }
    try require(again == entry, "an entry stays the same")
    try require(try again.hash() == entry.hash(), "its hash too")
  }

  private func checkShop(_ input: [UInt8]) throws {
    let shop = try ShopDomain(String(decoding: input, as: UTF8.self))
    let again = try reread("a shop's name can be read again") { try ShopDomain(shop.host) }
    try require(again == shop, "a shop stays the same")
    try require(shop.host.utf8.allSatisfy { $0 < 0x80 && !(0x41...0x5a).contains($0) }, "in lower case")
    let labels = shop.host.split(separator: ".", omittingEmptySubsequences: false)
    try require(labels.allSatisfy { (1...63).contains($0.utf8.count) }, "with labels of 1 to 63 characters")
  }

  /// Claims that the right key has signed.
  private func checkClaims(_ input: [UInt8]) throws {
    let header = #"{"alg":"HS256","typ":"JWT"}"#
    let message = Base64URL.encode(Array(header.utf8).span) + "." + Base64URL.encode(input.span)
    let (signing, verification) = try Self.keys.get()
    var signer = try Signer()
    let signature = try [UInt8](capacity: signing.signatureLength) { (output) throws(JWAError) in
      try signer.sign(Array(message.utf8).span, with: signing, into: &output)
    }
    try require(try verification.isValid(signature.span, for: Array(message.utf8).span), "the signature is valid")
    let object = try CompactJWS(parsing: message + "." + Base64URL.encode(signature.span)).claims()
    _ = try IDTokenClaims(object)
    let written = JSONValue.object(object).text()
    let again = try reread("claims that were written can be read") { try JSONObject(parsing: written) }
    try require(again == object, "claims stay the same")
  }

  private static let keys = Result {
    let secret = SecretBytes(utf8: "shpss_0123456789abcdef0123456789")
    return (try SigningKey(.hs256, secret: secret), try VerificationKey(.hs256, secret: secret))
  }
}
