import JOSECore
import Testing

@Suite("JWK Sets (RFC 7517 §5)")
struct JWKSetTests {
  private func set(_ text: String) throws -> JWKSet {
    let bytes = Array(text.utf8)
    return try JWKSet(parsing: bytes.span)
  }

  private func set(_ keys: [JSONValue]) throws -> JWKSet {
    try set(JSONValue.object(["keys": .array(keys)]).description)
  }

  @Test("come back from their bytes")
  func roundTrip() throws {
    let kinds = PublicJWKTests.kinds
    let keys = try kinds.map { try PublicJWK(PrivateKey.generate($0).publicKey) }
    let bytes = JWKSet(keys).bytes
    let again = try JWKSet(parsing: bytes.span)
    #expect(again.keys == keys)
    #expect(again.skipped.isEmpty)
    #expect(JWKSet([]).bytes == Array(#"{"keys":[]}"#.utf8))
  }

  @Test("leave out keys that are not understood, and say why, in their order")
  func skipping() throws {
    let set = try set([
      .object(Published.oct), .object(Published.ecPublic.with("kid", "good")),
      .object(Published.ecPublic.with("crv", "secp256k1")), .object(["kty": "AKP"]), 1,
      .object(Published.ecPublic.with("use", "enc")), .object(Published.okp), .object(Published.okpPublic),
    ])
    #expect(set.keys.map(\.keyID) == ["good", nil])
    #expect(
      set.skipped == [
        .wrongKind("a public key is expected, and this JWK holds a private or symmetric one"),
        .unsupported(member: "crv", value: "secp256k1"), .unsupported(member: "kty", value: "AKP"),
        .wrongType(member: "keys", found: "a list with an integer"),
        .unsupported(member: "use", value: "enc"),
        .wrongKind("a public key is expected, and this JWK holds a private or symmetric one"),
      ])
  }

  @Test(
    "that are no set are refused",
    arguments: [
      ("{}", "the JWK has no keys"), (#"{"keys":{}}"#, "the JWK's keys is an object, not an array"),
      (#"{"keys":null}"#, "the JWK's keys is null, not an array"),
      ("[]", "the JWK is refused: a JSON object is expected, and this is an array"),
    ])
  func noSet(_ text: String, _ reason: String) { #expect(refusal { try set(text) } == reason) }

  @Test(
    "that are damaged, give a member twice or are huge are refused as a whole",
    arguments: ["", "{\"keys\":[}", #"{"keys":[],"keys":[]}"#, #"{"keys":[{"kty":"RSA","kty":"EC"}]}"#])
  func malformed(_ text: String) throws {
    #expect(try #require(refusal { try set(text) }).hasPrefix("the JWK is refused: malformed JSON"))
  }

  @Test("of more than a mebibyte are refused")
  func huge() {
    let text = #"{"keys":[]}"# + String(repeating: " ", count: 1 << 20)
    #expect(throws: JOSEError.jwk(.tooLong(bytes: (1 << 20) + 11, limit: 1 << 20))) { try set(text) }
  }

  @Test("find a key by its kid, byte for byte")
  func byKeyID() throws {
    let set = try set([
      .object(Published.ecPublic.with("kid", "\u{e9}")), .object(Published.okpPublic.with("kid", "K")),
    ])
    #expect(set["K"]?.key.kind == .okp(.ed25519))
    #expect(set["k"] == nil)
    #expect(set["\u{212a}"] == nil, "the kelvin sign is no K")
    #expect(set["e\u{301}"] == nil, "another way to write é is another kid")
    #expect(set.candidates(for: JWSHeader(algorithm: .edDSA, keyID: "\u{212a}")).isEmpty)
    #expect(set.candidates(for: JWSHeader(algorithm: .edDSA, keyID: "K")).count == 1)
  }
}
