import JOSECore
import KeyRotation
import SystemSupport
import TestSupport
import Testing

@Suite("The stored form of a ring stays as it is") struct StoredFormatTests {
  /// A ring as version 1 has always written it; the key is that of RFC 8037 appendix A.
  private static let stored = """
    {"version":1,"epoch":3,"policy":{"algorithms":["EdDSA"],"token_lifetime":"1d","leeway":"10s","max_age":"1h",\
    "cdn_time":"0s","verifier_bound":"1d","clock_skew":"1m","rotation_period":"30d","staleness_bound":"5m",\
    "reservation":"1h","publication":"served"},"inherited":{"propagation":0,"until":0},"keys":[{"kid":"2024-03",\
    "alg":"EdDSA","original":true,"propagation":86820,"published":1800000000,"served":1800000000,\
    "activated":1800000000,"signsUntil":1800090000,"notAfter":1900000000,\
    "thumbprint":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",\
    "jwk":{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}],"changed":1800000000}
    """

  @Test("A stored ring is read, and written as it was, to the byte")
  func unchanged() throws {
    let ring = try KeyRingState(JSONObject(parsing: Array(Self.stored.utf8).span))
    #expect(ring.json.description == Self.stored)
    #expect(ring.epoch == 3 && ring.activeKey(for: .edDSA)?.keyID == "2024-03")
  }

  @Test("A directory's manifest has the same form, with the latest entry of the log")
  func directory() throws {
    let directory = try TemporaryDirectory()
    try POSIXFileSystem().makeDirectory(directory.ring, permissions: 0o755)
    let entry =
      #""audit":{"n":1,"time":1800000000,"actor":"old","epoch":1,"events":["ring created"],"previous":""}"#
    try directory.write("\(Self.stored.dropLast()),\(entry)}\n", to: "ring/ring.json")
    let store = DirectoryStore(directory.ring)
    #expect(try store.existing().json.description == Self.stored)
    let audit = try store.audit()
    #expect(audit.map(\.actor) == ["old"] && audit.map(\.events) == [["ring created"]])
  }
}
