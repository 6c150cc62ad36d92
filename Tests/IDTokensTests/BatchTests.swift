import IDTokens
import JOSECore
import KeyRotation
import Testing

@Suite("Many tokens in one call") struct BatchTests {
  /// A buffer's worth of tokens, taken apart at the ends that came with them.
  private struct Batch {
    var tokens: [String] = []

    init(
      tokens count: Int, bytes: Int,
      _ mint: (inout OutputSpan<UInt8>, inout OutputSpan<Int>) throws(IDTokenError) -> Void
    ) throws(IDTokenError) {
      var ends: [Int] = []
      let text = try [UInt8](capacity: bytes + 5) { (output) throws(IDTokenError) in
        for byte in "seed:".utf8 { output.append(byte) }
        ends = try [Int](capacity: count) { (ends) throws(IDTokenError) in try mint(&output, &ends) }
      }
      var start = 5
      for end in ends {
        tokens.append(String(decoding: text[start..<end], as: UTF8.self))
        start = end
      }
    }
  }

  private static func template(_ algorithm: Algorithm) throws -> (
    PreparedToken, TokenVerifier<VerificationKeys>
  ) {
    guard !algorithm.isSymmetric else {
      return (
        try PreparedToken(Sample.content(), secret: ClientSecret(Sample.secret)), try Sample.secretVerifier()
      )
    }
    let key = try RingSigningKey(SampleRing.key(algorithm).key)
    return (
      try PreparedToken(Sample.content(), issuer: IssuerURL(Sample.issuer), key: key),
      try SampleRing.verifier()
    )
  }

  @Test(
    "each verifies and has a jti of its own, whatever their number",
    arguments: [Algorithm.hs256, .es256, .edDSA, .rs256], [0, 1, 7, 8, 9, 33])
  func count(_ algorithm: Algorithm, _ count: Int) throws {
    let (template, verifier) = try Self.template(algorithm)
    var minter = try TokenMinter()
    let batch = try Batch(tokens: count, bytes: count * template.maximumLength) {
      (output, ends) throws(IDTokenError) in
      try minter.mint(
        Array(repeating: template, count: count).span, at: Sample.now, into: &output, ends: &ends)
    }
    #expect(batch.tokens.count == count)
    let claims = try batch.tokens.map { try verifier.verify($0, at: Sample.now) }
    #expect(Set(claims.map(\.tokenID)).count == count)
  }

  @Test("each of several sessions gets its own, in their order")
  func sessions() throws {
    let algorithms = [
      Algorithm.es256, .hs256, .rs256, .hs256, .edDSA, .ps384, .es512, .ed448, .hs256, .es256,
    ]
    let all = try algorithms.map { try Self.template($0) }
    let templates = all.map(\.0)
    var minter = try TokenMinter()
    let batch = try Batch(tokens: 10, bytes: templates.reduce(0) { $0 + $1.maximumLength }) {
      (output, ends) throws(IDTokenError) in
      try minter.mint(templates.span, at: Sample.now, into: &output, ends: &ends)
    }
    #expect(batch.tokens.count == 10)
    for (index, token) in batch.tokens.enumerated() {
      #expect(try all[index].1.verify(token, at: Sample.now).subject == "42")
      #expect(try CompactJWS(parsing: token).header.algorithm == algorithms[index])
    }
  }

  /// What stays in both buffers behind a call that must fail.
  private func left(
    bytes: Int, ends: Int,
    _ mint: (inout OutputSpan<UInt8>, inout OutputSpan<Int>) throws(IDTokenError) -> Void
  ) -> (bytes: [UInt8], ends: [Int], error: IDTokenError?) {
    var (failure, offsets): (IDTokenError?, [Int]) = (nil, [])
    let text = [UInt8](capacity: bytes + 1) { output in
      output.append(7)
      offsets = [Int](capacity: ends + 1) { ends in
        ends.append(1)
        do throws(IDTokenError) { try mint(&output, &ends) } catch { failure = error }
      }
    }
    return (text, offsets, failure)
  }

  @Test("an error in the middle leaves both buffers as they were")
  func failure() throws {
    let good = try Self.template(.es256).0
    let key = try RingSigningKey(SigningKey.generate(.es256), notAfter: Sample.now)
    let ended = try PreparedToken(Sample.content(), issuer: IssuerURL(Sample.issuer), key: key)
    var minter = try TokenMinter()
    for index in [0, 3, 11] {
      var templates = Array(repeating: good, count: 12)
      templates[index] = ended
      let capacity = 12 * max(good.maximumLength, ended.maximumLength)
      let left = left(bytes: capacity, ends: 12) { (output, ends) throws(IDTokenError) in
        try minter.mint(templates.span, at: Sample.now, into: &output, ends: &ends)
      }
      #expect(left.error == .ring(.keyEnded(keyID: key.keyID, at: Sample.now)))
      #expect(left.bytes == [7])
      #expect(left.ends == [1])
    }
  }

  @Test("a buffer that is too small is refused, and left as it was")
  func capacity() throws {
    let template = try Self.template(.hs256).0
    var minter = try TokenMinter()
    let needed = 3 * template.maximumLength
    for (bytes, ends) in [(needed / 2, 3), (needed, 2)] {
      let left = left(bytes: bytes, ends: ends) { (output, ends) throws(IDTokenError) in
        try minter.mint(Array(repeating: template, count: 3).span, at: Sample.now, into: &output, ends: &ends)
      }
      #expect(left.error?.code == "buffer_too_short")
      #expect(left.bytes == [7])
      #expect(left.ends == [1])
    }
  }
}
