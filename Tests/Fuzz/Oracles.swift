@testable import IDTokens
@testable import JOSECore
@testable import KeyRotation

extension Parser {
  /// Reads the input, and compares what was read with what writing it and reading it again gives.
  func check(_ input: [UInt8]) throws {
    switch self {
    case .json: try checkJSON(input)
    case .base64url: try checkBase64URL(input)
    case .jws: try checkJWS(input)
    case .jwks: try checkJWKSet(input)
    case .pem: try checkPEM(input)
    case .manifest: try checkManifest(input)
    case .audit: try checkAudit(input)
    case .shop: try checkShop(input)
    case .claims: try checkClaims(input)
    }
  }

  private func checkJSON(_ input: [UInt8]) throws {
    // A space takes the input past the fast parser.
    let (fast, strict) = (
      JSONObject(flat: input.span), Result { try JSONValue(parsing: (input + [0x20]).span) }
    )
    if let fast { require(try! strict.get() == .object(fast), "both parsers read the same") }
    let value = try strict.get()
    let written = value.text()
    let again = reread("a value") { try JSONValue(parsing: written) }
    require(again == value && again.text() == written, "a value stays the same")
    require(
      reread("an indented value") { try JSONValue(parsing: value.text(indentation: 2)) } == value, "so too")
  }

  private func checkBase64URL(_ input: [UInt8]) throws {
    let encoded = Base64URL.encodedBytes(input.span)
    require(encoded.count == Base64URL.encodedLength(input.count), "the length is known before")
    require(reread("bytes") { try Base64URL.decode(encoded.span) } == input, "bytes stay the same")
    let decoded = try Base64URL.decode(input.span)
    require(Base64URL.encodedBytes(decoded.span) == input, "bytes have one encoding")
  }

  private func checkJWS(_ input: [UInt8]) throws {
    let jws = try CompactJWS(parsing: String(decoding: input, as: UTF8.self))
    require(try JWSHeader(jws.header.json) == jws.header, "a header stays the same")
    let written = Self.token(jws.headerObject.description, jws.payload, jws.signature)
    let again = reread("a token") { try CompactJWS(parsing: written) }
    require(again.headerObject == jws.headerObject && again.header == jws.header, "its header too")
    require(again.payload == jws.payload && again.signature == jws.signature, "payload and signature too")
    jws.withSigningInput { signed in
      require(input.starts(with: signed.map { $0 } + [0x2e]), "what is signed is what was sent")
    }
    _ = try jws.claims()
  }

  private func checkJWKSet(_ input: [UInt8]) throws {
    let set = try JWKSet(parsing: input.span)
    require(set.skipped.allSatisfy { !"\($0)".isEmpty }, "a key that is left out says why")
    let written = set.bytes
    let again = reread("a set") { try JWKSet(parsing: written.span) }
    require(again.skipped.isEmpty && again.keys == set.keys && again.bytes == written, "a set stays the same")
    for key in set.keys { require(try key.key.thumbprint().utf8.count == 43, "a key has a thumbprint") }
  }

  private func checkPEM(_ input: [UInt8]) throws {
    if let key = try? PublicKey(pem: String(decoding: input, as: UTF8.self)) {
      let written = try key.pem()
      let again = reread("a public key") { try PublicKey(pem: written) }
      require(try again == key && again.pem() == written, "a public key stays the same")
      let jwk = reread("a public key's JWK") { try PublicJWK(key.jwkMembers) }
      require(jwk.key == key, "as a JWK too")
    }
    var bytes = input
    let key = try PrivateKey(pem: SecretBytes(wiping: &bytes))
    let written = try key.pem()
    let again = reread("a private key") { try PrivateKey(pem: written) }
    require(try again.pem() == written && again.publicKey == key.publicKey, "a private key stays the same")
  }

  /// The manifest, and the rings that steps make of it.
  private func checkManifest(_ input: [UInt8]) throws {
    let manifest = try RingManifest(input.span, path: "ring.json")
    checkRoundTrip(manifest)
    let keyIDs = manifest.ring.keys.map(\.keyID)
    let requests: [RotationRequest?] = [
      nil, .rotate([]), .confirm(keyIDs: keyIDs), keyIDs.first.map { .revoke(keyID: $0, reason: "test") },
    ]
    let dates = manifest.ring.keys.map(\.publishedAt) + [Self.start]
    for request in requests {
      for start in Set([dates.min(), dates.max()].compactMap(\.self)) {
        var latest = manifest
        // Each step begins where the one before it ended, and only the first one has the request.
        for (number, wait) in [0, 61, 86_400, 100_000_000].enumerated() {
          let now = start.advanced(by: Int64(wait))
          guard let next = Self.step(latest, at: now, number == 0 ? request : nil) else { break }
          require(
            (latest.ring.epoch...latest.ring.epoch + 1).contains(next.ring.epoch), "a step is one epoch")
          checkRoundTrip(next)
          latest = next
        }
      }
    }
  }

  /// With new keys where the ring needs some; `nil` for a step that is refused.
  static func step(
    _ manifest: RingManifest, at now: NumericDate, _ request: RotationRequest?
  ) -> RingManifest? {
    do {
      let (ring, policy) = (manifest.ring, manifest.ring.policy)
      var step = try ring.step(policy, at: now, request)
      if !step.missing.isEmpty {
        let keys = try newKeys.get().filter { key in
          try step.missing.contains(key.algorithm) && ring[key.name()] == nil
        }
        step = try ring.step(policy, at: now, request, newKeys: keys)
      }
      guard !step.ring.keys(.active).isEmpty else { return nil }
      let entry = try AuditEntry.following(manifest.latest, step, actor: "fuzz", at: now)
      require(try KeyRingSnapshot(step.ring).maxAge(at: now) >= 0, "max-age is not negative")
      return RingManifest(ring: step.ring, latest: entry ?? manifest.latest)
    } catch {
      require(!"\(error)".isEmpty, "a refusal says why")
      return nil
    }
  }

  private func checkRoundTrip(_ manifest: RingManifest) {
    let written = manifest.bytes
    let again = reread("a manifest") { try RingManifest(written.span, path: "ring.json") }
    require(again.ring == manifest.ring && again.latest == manifest.latest, "a manifest stays the same")
    require(again.bytes == written, "its bytes too")
  }

  private func checkAudit(_ input: [UInt8]) throws {
    let entry = try AuditEntry(line: String(decoding: input, as: UTF8.self))
    let members = try Set(JSONObject(parsing: input.span).members)
    require(members == Set(entry.json.members), "nothing is left out")
    let again = reread("an entry") { try AuditEntry(line: entry.line) }
    require(try again == entry && again.hash() == entry.hash(), "an entry stays the same")
  }

  private func checkShop(_ input: [UInt8]) throws {
    let text = String(decoding: input, as: UTF8.self)
    if ShopDomain.isMyshopify(origin: "https://" + text) {
      require(reread("an origin") { try ShopDomain(text) }.isMyshopify, "it is a shop's")
    }
    let shop = try ShopDomain(text)
    require(reread("a shop") { try ShopDomain(shop.host) } == shop, "a shop stays the same")
    require(ShopDomain.isMyshopify(origin: shop.origin) == shop.isMyshopify, "shop and origin agree")
    require(shop.host.utf8.allSatisfy { $0 < 0x80 && !(0x41...0x5a).contains($0) }, "in lower case")
    let labels = shop.host.split(separator: ".", omittingEmptySubsequences: false)
    require(labels.allSatisfy { (1...63).contains($0.utf8.count) }, "labels have 1 to 63 characters")
  }

  /// Claims that the right key has signed.
  private func checkClaims(_ input: [UInt8]) throws {
    let secret = try Self.secret.get()
    var shop = TokenVerifier(.secret(secret), audience: "my-app", issuer: .anyShop)
    var refusal: VerificationError?
    for issuer in [.anyShop, .unchecked] as [ExpectedIssuer] {
      shop.issuer = issuer
      do throws(VerificationError) {
        let claims = try shop.verify(Self.signed(input, secret), at: Self.start)
        let written = Array(claims.all.description.utf8)
        let again = reread("a token") { try shop.verify(Self.signed(written, secret), at: Self.start) }
        require(again == claims, "claims stay the same")
        require(
          claims.audience.contains("my-app") && claims.expiresAt > Self.start.reduced(by: 10), "and hold")
        _ = (claims.authenticatedAt, claims.authenticationMethods)
        _ = try claims.decoded(as: CustomClaims.self)
      } catch { refusal = error }
    }
    if let refusal { throw refusal }
  }

  private struct CustomClaims: Codable {
    let sub: String
    let iat: UInt32
    let exp: Double?
    let extra: [[String: Int8?]]?
  }

  private static func signed(_ payload: [UInt8], _ secret: ClientSecret) -> String {
    let header = #"{"alg":"HS256","typ":"JWT"}"#
    let message = Array(token(header, payload, []).utf8.dropLast())
    let signature = reread("a signature") {
      var signer = try Signer()
      return try [UInt8](capacity: secret.signingKey.signatureLength) { (output) throws(JOSEError) in
        try signer.sign(message.span, with: secret.signingKey, into: &output)
      }
    }
    return token(header, payload, signature)
  }

  static func token(_ header: String, _ payload: [UInt8], _ signature: [UInt8]) -> String {
    [Array(header.utf8), payload, signature].map { Base64URL.encode($0.span) }.joined(separator: ".")
  }

  private static let secret = Result { try ClientSecret("shpss_0123456789abcdef0123456789abcdef") }
  private static let newKeys = Result {
    try [Algorithm.es256, .es256, .edDSA, .edDSA, .rs256, .rs256].compactMap {
      try RingSigningKey.generate($0).newKey
    }
  }
  static let start = NumericDate(1_800_000_000)
}
