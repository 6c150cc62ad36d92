import IDTokens
import JOSECore
import KeyRotation
import Testing

@Suite struct TokenMinterTests {
  private static func templates() throws -> [(
    template: PreparedToken, verifier: TokenVerifier<VerificationKeys>
  )] {
    let secret = try ClientSecret(Sample.secret)
    let shopify = try PreparedToken(Sample.content(), secret: secret)
    let openID = try SampleRing.asymmetric.map { algorithm in
      // Of no ring, which would bound its tokens: some of these are of other times.
      let key = try RingSigningKey(SampleRing.key(algorithm).key)
      return (
        try PreparedToken(Sample.content(), issuer: IssuerURL(Sample.issuer), key: key),
        try SampleRing.verifier()
      )
    }
    return [(shopify, try Sample.secretVerifier())] + openID
  }

  @Test("A minter appends tokens one behind the other into one buffer, each of which verifies")
  func oneBuffer() throws {
    var minter = try TokenMinter()
    let all = try Self.templates()
    var ends: [Int] = []
    let bytes = try [UInt8](capacity: all.reduce(5) { $0 + $1.template.maximumLength }) {
      (output) throws(IDTokenError) in
      for byte in "seed:".utf8 { output.append(byte) }
      for (template, _) in all {
        try minter.mint(template, at: Sample.now, into: &output)
        ends.append(output.count)
      }
    }
    #expect(bytes.prefix(5).elementsEqual("seed:".utf8))
    for (index, (_, verifier)) in all.enumerated() {
      let start = index == 0 ? 5 : ends[index - 1]
      let token = String(decoding: bytes[start..<ends[index]], as: UTF8.self)
      #expect(try verifier.verify(token, at: Sample.now).subject == "42")
    }
  }

  @Test("No token is longer than its template's maximum, for any algorithm and time")
  func maximumLength() throws {
    var minter = try TokenMinter()
    for time in [NumericDate(0), Sample.now, .lastOfYear9999.advanced(by: -60)] {
      for (template, _) in try Self.templates() {
        let token = try [UInt8](capacity: template.maximumLength) { (output) throws(IDTokenError) in
          try minter.mint(template, at: time, into: &output)
        }
        #expect(token.count <= template.maximumLength)
        #expect(token.count > template.maximumLength / 2)
      }
    }
  }

  @Test("A refused time leaves the buffer as it was")
  func refusedTime() throws {
    var minter = try TokenMinter()
    let template = try Self.templates()[0].template
    var count = -1
    #expect(throws: IDTokenError.invalidTime(NumericDate(-1))) {
      _ = try [UInt8](capacity: template.maximumLength) { (output) throws(IDTokenError) in
        defer { count = output.count }
        try minter.mint(template, at: NumericDate(-1), into: &output)
      }
    }
    #expect(count == 0)
  }

  @Test("One template serves many minters at once, and each token is its own")
  func sharedTemplate() async throws {
    let template = try Self.templates()[0].template
    let tokens = try await withThrowingTaskGroup(of: [[UInt8]].self) { group in
      for _ in 0..<4 {
        group.addTask {
          var minter = try TokenMinter()
          return try (0..<100).map { _ in
            try [UInt8](capacity: template.maximumLength) { (output) throws(IDTokenError) in
              try minter.mint(template, at: Sample.now, into: &output)
            }
          }
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    let verifier = try Sample.secretVerifier()
    for token in tokens {
      #expect(try verifier.verify(String(decoding: token, as: UTF8.self), at: Sample.now).subject == "42")
    }
    #expect(Set(tokens).count == 400)
  }
}
