import JOSECore
import Testing

@Suite("Thumbprints (RFC 7638)")
struct ThumbprintTests {
  @Test(
    "of published keys are the published ones",
    arguments: [
      (Published.rsaPublic, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"),  // RFC 7638 §3.1
      (Published.okpPublic, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"),  // RFC 8037 A.3
    ])
  func vectors(_ jwk: JSONObject, _ thumbprint: String) throws {
    #expect(try PublicJWK(jwk).key.thumbprint() == thumbprint)
  }

  @Test("of a private JWK is that of its public key")
  func privateKey() throws {
    let key = try #require(try PrivateJWK(Published.okp).publicJWK)
    #expect(key.keyID == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
    #expect(try key.key.thumbprint() == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
  }

  @Test("do not depend on the order of members, on kid, use or alg")
  func invariance() throws {
    let key = try PublicJWK(Published.rsaPublic).key
    var reordered = JSONObject()
    for member in Published.rsaPublic.members.reversed() { reordered[member.name] = member.value }
    #expect(
      try PublicJWK(reordered.with("kid", "other").with("use", "sig")).key.thumbprint() == key.thumbprint())
  }

  @Test("are the kid of a public JWK that is given none")
  func keyID() throws {
    let key = try PrivateKey.generate(.ec(.p384)).publicKey
    #expect(try PublicJWK(key).keyID == key.thumbprint())
    #expect(try PublicJWK(key, keyID: "mine").keyID == "mine")
  }
}
