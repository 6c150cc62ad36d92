import JOSECore
import TestSupport
import Testing

/// RFC 4231 §4.7 and §4.8, whose keys are long enough for every HMAC of JWA: longer than the block of each hash.
struct HMACVector: Sendable {
  let algorithm: Algorithm
  let message: String
  let mac: String

  static let secret = [UInt8](repeating: 0xaa, count: 131)
  static let short = "Test Using Larger Than Block-Size Key - Hash Key First"
  static let long = """
    This is a test using a larger than block-size key and a larger than block-size data. \
    The key needs to be hashed before being used by the HMAC algorithm.
    """

  static let all = [
    HMACVector(
      algorithm: .hs256, message: short,
      mac: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    HMACVector(
      algorithm: .hs384, message: short,
      mac: """
        4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952
        """),
    HMACVector(
      algorithm: .hs512, message: short,
      mac: """
        80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352\
        6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598
        """),
    HMACVector(
      algorithm: .hs256, message: long,
      mac: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    HMACVector(
      algorithm: .hs384, message: long,
      mac: """
        6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5a678cc31e799176d3860e6110c46523e
        """),
    HMACVector(
      algorithm: .hs512, message: long,
      mac: """
        e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944\
        b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58
        """),
  ]
}

@Suite("HMAC")
struct HMACTests {
  @Test("a key longer than the block gives the MAC of RFC 4231", arguments: HMACVector.all)
  func vectors(_ vector: HMACVector) throws {
    let key = try SigningKey(vector.algorithm, secret: SecretBytes(HMACVector.secret))
    #expect(try key.signature(of: Array(vector.message.utf8)).hex == vector.mac)
  }

  @Test(
    "keys around the hash and block sizes give the MAC of the openssl command",
    arguments: [
      (Algorithm.hs256, "sha256", [32, 63, 64, 65, 200]), (.hs384, "sha384", [48, 127, 128, 129]),
      (.hs512, "sha512", [64, 127, 128, 129]),
    ])
  func secondOpinion(_ algorithm: Algorithm, _ digest: String, _ lengths: [Int]) throws {
    let openssl = try OpenSSLCommand()
    var generator = SeededGenerator(seed: 4231)
    try openssl.write("header.payload", to: "message")
    for length in lengths {
      let secret = generator.bytes(length)
      let line = try openssl("dgst -\(digest) -mac HMAC -macopt hexkey:\(secret.hex) -r message")
      let key = try SigningKey(algorithm, secret: SecretBytes(secret))
      #expect(try key.signature(of: Array("header.payload".utf8)).hex == line.prefix { $0 != " " })
    }
  }

  @Test("a secret that differs in one bit verifies nothing")
  func oneBit() throws {
    let secret = HMACVector.secret
    let message = Array(HMACVector.short.utf8)
    let mac = try SigningKey(.hs256, secret: SecretBytes(secret)).signature(of: message)
    for index in secret.indices {
      let other = try VerificationKey(.hs256, secret: SecretBytes(secret.changing(at: index)))
      #expect(try !other.accepts(mac, for: message))
    }
  }
}
