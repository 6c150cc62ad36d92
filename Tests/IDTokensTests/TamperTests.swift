import IDTokens
import JOSECore
import Testing

@Suite struct TamperTests {
  private static func expectNoChangeVerifies(_ token: String, _ verifier: TokenVerifier<VerificationKeys>) {
    let bytes = Array(token.utf8)
    let header = token.prefix { $0 != "." }.utf8.count
    for place in bytes.indices {
      // A header may be changed to one that names another algorithm, type or key.
      let names = place < header ? ["algorithm_not_allowed", "unknown_key", "wrong_type"] : []
      let codes = ["malformed", "invalid_signature"] + names
      for bit in 0..<8 {
        var changed = bytes
        changed[place] ^= 1 << bit
        let text = String(decoding: changed, as: UTF8.self)
        #expect(codes.contains(verifier.refusal(text) ?? ""), "bit \(bit) of character \(place)")
      }
    }
  }

  @Test("No bit of an HS256 token can be changed")
  func symmetric() throws {
    Self.expectNoChangeVerifies(try Sample.shopifyToken(), try Sample.secretVerifier())
  }

  @Test("No bit of an ES256 token can be changed")
  func asymmetric() throws {
    let token = try Sample.openIDToken(.es256, ring: SampleRing.everyAlgorithm())
    Self.expectNoChangeVerifies(token, try SampleRing.verifier())
  }

  @Test("Parts of two good tokens don't make a third", arguments: 0..<3)
  func mixed(place: Int) throws {
    let (first, second) = (try Parts(Sample.shopifyToken()), try Parts(Sample.shopifyToken()))
    var parts = first.encoded
    parts[place] = second.encoded[place]
    let token = parts.joined(separator: ".")
    // The headers are the same, so that exchange is none.
    let verifies = (try? Sample.secretVerifier().verify(token, at: Sample.now)) != nil
    #expect(verifies == (place == 0))
  }

  @Test(
    "A signature of the wrong length is not valid, empty or long",
    arguments: [Algorithm.hs256, .rs256, .ps256, .es256, .es512, .edDSA, .ed448])
  func length(algorithm: Algorithm) throws {
    let isSecret = algorithm.isSymmetric
    let token =
      try isSecret ? Sample.shopifyToken() : Sample.openIDToken(algorithm, ring: SampleRing.everyAlgorithm())
    let verifier = try isSecret ? Sample.secretVerifier() : SampleRing.verifier()
    let parts = try Parts(token).encoded
    let signature = try Base64URL.decode(parts[2])
    for wrong in [[], signature.dropLast(), signature + [0], [0] + signature, Array(signature.dropFirst())] {
      let text = parts[0] + "." + parts[1] + "." + Forgery.encode(wrong)
      #expect(throws: VerificationError.invalidSignature(algorithm)) {
        _ = try verifier.verify(text, at: Sample.now)
      }
    }
  }

  @Test(
    "An ECDSA signature of zeros or of all ones is not valid (CVE-2022-21449)",
    arguments: [0, 0xff] as [UInt8])
  func degenerateECDSA(byte: UInt8) throws {
    let parts = try Parts(Sample.openIDToken(.es256, ring: SampleRing.everyAlgorithm())).encoded
    let signature = [UInt8](repeating: byte, count: 64)
    #expect(throws: VerificationError.invalidSignature(.es256)) {
      _ = try SampleRing.verifier().verify(
        parts[0] + "." + parts[1] + "." + Forgery.encode(signature), at: Sample.now)
    }
  }
}
