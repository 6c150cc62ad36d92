import Testing

@testable import JOSECore

@Suite("Signatures of the multi-buffer library and of OpenSSL can't be told apart") struct EqualSignatureTests
{
  private let message = Array("a message".utf8)
  private static let moduli = [Sample.rsa, Sample.rsa3072, Sample.rsa4096]

  @Test(
    "PKCS #1 v1.5 has one signature for a message (RFC 8017 §8.2)",
    arguments: [Algorithm.rs256, .rs384, .rs512], SigningWay.allCases)
  func pkcs1(algorithm: Algorithm, way: SigningWay) throws {
    for privateKey in Self.moduli {
      let key = try SigningKey(algorithm, privateKey)
      var signer = try BatchSigner(way.multiBuffer)
      let signatures = try signer.signatures(8, of: message, with: key)
      #expect(try Set(signatures) == [key.signature(of: message)])
    }
  }

  @Test(
    "EdDSA has one signature for a message (RFC 8032 §5.1.6)",
    arguments: [Algorithm.edDSA, .ed25519], SigningWay.allCases)
  func edDSA(algorithm: Algorithm, way: SigningWay) throws {
    let key = try Sample.signingKey(algorithm)
    var signer = try BatchSigner(way.multiBuffer)
    for length in [0, 1, 63, 64, 111, 112, 127, 128, 129, 2047, 2048, 2049, 70000] {
      let message = [UInt8](repeating: 0x5a, count: length)
      let signatures = try signer.signatures(8, of: message, with: key)
      #expect(try Set(signatures) == [key.signature(of: message)], "\(length) bytes")
    }
  }

  @Test(
    "ECDSA and PSS have another one each time",
    arguments: [Algorithm.es256, .es384, .ps256, .ps384, .ps512], SigningWay.allCases)
  func randomized(algorithm: Algorithm, way: SigningWay) throws {
    let key = try Sample.signingKey(algorithm)
    var signer = try BatchSigner(way.multiBuffer)
    #expect(try Set(signer.signatures(100, of: message, with: key)).count == 100)
  }

  @Test(
    "PSS's salt is as long as the hash (RFC 7518 §3.5), and another one each time",
    arguments: [Algorithm.ps256, .ps384, .ps512], SigningWay.allCases)
  func salt(algorithm: Algorithm, way: SigningWay) throws {
    let digest = try #require(algorithm.digest)
    let hash = try digest.hash(message.span)
    for privateKey in Self.moduli {
      let key = try SigningKey(algorithm, privateKey)
      var signer = try BatchSigner(way.multiBuffer)
      let salts = try signer.signatures(16, of: message, with: key).map { signature in
        try PSSEncoding(opening: signature, by: key, digest).salt(of: hash)
      }
      #expect(salts.allSatisfy { $0.count == digest.length })
      #expect(Set(salts).count == 16)
    }
  }
}

/// EM of RFC 8017 §9.1, read by its definition.
private struct PSSEncoding {
  let maskedDB, h: [UInt8]
  let digest: MessageDigest

  init(opening signature: [UInt8], by key: SigningKey, _ digest: MessageDigest) throws {
    guard case .rsa(let n, let e)? = key.publicKey?.components else { throw Unexpected() }
    let encoded = BigNumber(signature).power(BigNumber(e), BigNumber(n)).bytes(signature.count)
    #expect(encoded.last == 0xbc && encoded[0] & 0x80 == 0)
    h = encoded.suffix(digest.length + 1).dropLast()
    maskedDB = encoded.dropLast(digest.length + 1)
    self.digest = digest
  }

  struct Unexpected: Error {}

  /// §9.1.2 steps 7 to 14.
  func salt(of hash: [UInt8]) throws -> [UInt8] {
    var mask: [UInt8] = []
    while mask.count < maskedDB.count {
      mask += try digest.hash((h + [0, 0, 0, UInt8(mask.count / digest.length)]).span)
    }
    var db = zip(maskedDB, mask).map { $0 ^ $1 }
    db[0] &= 0x7f
    let one = try #require(db.firstIndex { $0 != 0 })
    #expect(db[one] == 1)
    let salt = Array(db[(one + 1)...])
    #expect(try digest.hash(([UInt8](repeating: 0, count: 8) + hash + salt).span) == h)
    return salt
  }
}
