@testable import IDTokens
@testable import JOSECore
@testable import KeyRotation

extension Parser {
  /// Reads the input, and compares what was read with what writing it and reading it again gives.
  func check(_ input: [UInt8]) throws {
    let text = String(decoding: input, as: UTF8.self)
    switch self {
    case .json: try checkJSON(input)
    case .base64url: try checkBase64URL(input)
    case .jws: try checkJWS(text)
    case .jwks: try checkJWKSet(input)
    case .pem: try checkPEM(input, text)
    case .manifest: try checkManifest(input)
    case .audit: try checkAudit(text)
    case .shop: try checkShop(text)
    case .claims: try checkClaims(input)
    case .http: try checkHTTP(input)
    case .body: try checkBody(input)
    }
  }

  private func checkJSON(_ input: [UInt8]) throws {
    let value = try JSONValue(parsing: input.span)
    // White space takes it past the fast parser.
    let spaced = try? JSONValue(parsing: (input + [0x20]).span)
    require(spaced == value, "both parsers read the same")
    for indentation in [nil, 2] {
      let read = { (text: String) in try JSONValue(parsing: text, maximumLength: .max) }
      require(again(value, { $0.text(indentation: indentation) }, read) == value, "a value stays the same")
    }
  }

  private func checkBase64URL(_ input: [UInt8]) throws {
    let decode = { (text: String) in try Base64URL.decode(text) }
    require(again(input, { Base64URL.encode($0.span) }, decode) == input, "bytes stay the same")
    let decoded = try Base64URL.decode(input.span)
    require(Base64URL.encodedBytes(decoded.span) == input, "bytes have one encoding")
  }

  private func checkJWS(_ text: String) throws {
    let jws = try CompactJWS(parsing: text)
    let signed = jws.withSigningInput { Array($0.map { $0 }) }
    require(text.utf8.starts(with: signed + [0x2e]), "what is signed is what was sent")
    let copy = again(
      jws, { Self.token($0.headerObject.description, $0.payload, $0.signature) },
      { try CompactJWS(parsing: $0) })
    require(copy.header == jws.header && copy.headerObject == jws.headerObject, "a header stays the same")
    require(copy.payload == jws.payload && copy.signature == jws.signature, "payload and signature too")
    require(again(jws.header, \.json, { try JWSHeader($0) }) == jws.header, "what is known of it too")
    _ = try jws.claims()
  }

  private func checkJWKSet(_ input: [UInt8]) throws {
    let set = try JWKSet(parsing: input.span)
    require(set.skipped.allSatisfy { !"\($0)".isEmpty }, "a key that is left out says why")
    let copy = again(set, \.bytes, { try JWKSet(parsing: $0.span) })
    require(copy.keys == set.keys && copy.skipped.isEmpty, "a set stays the same")
    for key in set.keys { require(try key.key.thumbprint().utf8.count == 43, "a key has a thumbprint") }
  }

  private func checkPEM(_ input: [UInt8], _ text: String) throws {
    if let key = try? PublicKey(pem: text) {
      require(again(key, { try $0.pem() }, { try PublicKey(pem: $0) }) == key, "a public key stays the same")
      require(again(key, \.jwkMembers, { try PublicJWK($0).key }) == key, "as a JWK too")
    }
    var bytes = input
    let key = try PrivateKey(pem: SecretBytes(wiping: &bytes))
    let copy = again(key, { try $0.pem() }, { try PrivateKey(pem: $0) })
    require(copy.publicKey == key.publicKey, "a private key stays the same")
  }

  /// The manifest, and the rings that steps make of it.
  private func checkManifest(_ input: [UInt8]) throws {
    let manifest = try RingManifest(input.span, path: "ring.json")
    checkCopy(of: manifest)
    let keyIDs = manifest.ring.keys.map(\.keyID)
    let dates = manifest.ring.keys.map(\.publishedAt) + [Self.start]
    for start in Set([dates.min(), dates.max()].compactMap(\.self)) {
      for request in [nil, .rotate([]), .confirm(keyIDs: keyIDs), .revoke(keyID: keyIDs[0], reason: "test")]
        as [RotationRequest?]
      {
        var (latest, request) = (manifest, request)
        for wait in [0, 61, 86_400, 100_000_000] as [Int64] {
          guard let next = try Self.step(latest, at: start.advanced(by: wait), request) else { break }
          require(0...1 ~= next.ring.epoch - latest.ring.epoch, "a step is one epoch at most")
          checkCopy(of: next)
          (latest, request) = (next, nil)
        }
      }
    }
  }

  private func checkCopy(of manifest: RingManifest) {
    let copy = again(manifest, \.bytes, { try RingManifest($0.span, path: "ring.json") })
    require(copy.ring == manifest.ring && copy.latest == manifest.latest, "a manifest stays the same")
  }

  /// With new keys where the ring needs some; `nil` for a step that is refused, and where no key can sign after it.
  static func step(
    _ manifest: RingManifest, at now: NumericDate, _ request: RotationRequest? = nil
  ) throws -> RingManifest? {
    let (ring, newKeys) = (manifest.ring, try newKeys.get())
    do throws(KeyRingError) {
      let missing = try ring.step(ring.policy, at: now, request).missing
      let keys = newKeys.filter { key in
        missing.contains(key.algorithm) && !ring.keys.contains { $0.publicKey == key.publicKey }
      }
      let step = try ring.step(ring.policy, at: now, request, newKeys: keys)
      guard !step.ring.keys(.active).isEmpty else { return nil }
      let entry = try AuditEntry.following(manifest.latest, step.ring, step.events, actor: "fuzz", at: now)
      require(try KeyRingSnapshot(step.ring).maxAge(at: now) >= 0, "max-age is not negative")
      return RingManifest(ring: step.ring, latest: entry ?? manifest.latest)
    } catch {
      require(!"\(error)".isEmpty, "a refusal says why")
      return nil
    }
  }

  private func checkAudit(_ text: String) throws {
    let entry = try AuditEntry(line: text)
    require(try Set(JSONObject(parsing: text).members) == Set(entry.json.members), "nothing is left out")
    let copy = again(entry, \.line, { try AuditEntry(line: $0) })
    require(try copy == entry && copy.hash() == entry.hash(), "an entry stays the same")
  }

  private func checkShop(_ text: String) throws {
    let isOrigin = ShopDomain.isMyshopify(origin: "https://" + text)
    require(!isOrigin || (try? ShopDomain(text))?.isMyshopify == true, "an origin is a shop's")
    let shop = try ShopDomain(text)
    require(again(shop, \.host, { try ShopDomain($0) }) == shop, "a shop stays the same")
    require(ShopDomain.isMyshopify(origin: shop.origin) == shop.isMyshopify, "shop and origin agree")
    require(shop.host.utf8.allSatisfy { $0 < 0x80 && !(0x41...0x5a).contains($0) }, "in lower case")
    require(shop.host.split(separator: ".").allSatisfy { $0.utf8.count <= 63 }, "labels are short")
  }

  /// Claims that the right key has signed.
  private func checkClaims(_ input: [UInt8]) throws {
    // Numbers may be written longer than they came, and a token has a limit.
    guard input.count <= CompactJWS.maximumLength / 6 else { return }
    // What `.anyShop` accepts `.unchecked` accepts too.
    for issuer in [.unchecked, .anyShop] as [ExpectedIssuer] {
      let verifier = TokenVerifier(try .secret(Self.secret.get()), audience: "my-app", issuer: issuer)
      let claims = try verifier.verify(Self.signed(input), at: Self.start)
      let verify = { (text: String) in try verifier.verify(Self.signed(Array(text.utf8)), at: Self.start) }
      require(again(claims, \.all.description, verify) == claims, "claims stay the same")
    }
    let custom = try JSONObject(parsing: input.span).decoded(as: CustomClaims.self)
    again(custom, { try JSONObject(encoding: $0) }, { try $0.decoded(as: CustomClaims.self) })
  }

  private struct CustomClaims: Codable {
    let iat: UInt32
    let exp: Double?
    let extra: [[Int8?]]?
  }

  private static func signed(_ payload: [UInt8]) throws -> String {
    let header = #"{"alg":"HS256","typ":"JWT"}"#
    let message = Array(token(header, payload, []).utf8.dropLast())
    let key = try secret.get().signingKey
    var signer = try Signer()
    let signature = try [UInt8](capacity: key.signatureLength) { (output) throws(JOSEError) in
      try signer.sign(message.span, with: key, into: &output)
    }
    return token(header, payload, signature)
  }

  static func token(_ header: String, _ payload: [UInt8], _ signature: [UInt8]) -> String {
    [Array(header.utf8), payload, signature].map { Base64URL.encode($0.span) }.joined(separator: ".")
  }

  private static let secret = Result { try ClientSecret("shpss_0123456789abcdef0123456789abcdef") }
  private static let newKeys = Result {
    try [.es256, .es256, .edDSA, .edDSA, .rs256, .rs256].compactMap { try RingSigningKey.generate($0).newKey }
  }
  static let start = NumericDate(1_800_000_000)
}
