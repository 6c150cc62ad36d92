import IDTokens
import JOSECore
import TestSupport
import Testing

@Suite struct FreshnessTests {
  @Test("No jti appears twice in 100,000 tokens of one session")
  func distinct() throws {
    let issuer = ShopifyIssuer(clock: .fixed(Sample.now))
    let session = try issuer.session(Sample.content(), ClientSecret(Sample.secret))
    var seen: Set<String> = []
    for _ in 0..<100_000 { seen.insert(try Self.end(try session.token().text)) }
    #expect(seen.count == 100_000)
  }

  /// The 36 characters of `jti`, which ends the payload; decoding just the end keeps the test short.
  private static func end(_ token: String) throws -> String {
    let payload = Array(token.utf8).split(separator: UInt8(ascii: "."))[1]
    let tail = Array(payload.dropFirst((payload.count - 64) / 4 * 4))
    let bytes = try Base64URL.decode(tail.span)
    return String(decoding: bytes.dropLast(2).suffix(36), as: UTF8.self)
  }

  @Test("Two sessions of the same content share no jti")
  func twoSessions() throws {
    let issuer = ShopifyIssuer(clock: .fixed(Sample.now))
    let first = try issuer.session(Sample.content(), ClientSecret(Sample.secret))
    let second = try issuer.session(Sample.content(), ClientSecret(Sample.secret))
    let jtis = try [first.token(), second.token()].map { try Self.end($0.text) }
    #expect(jtis[0] != jtis[1])
  }

  @Test("iat, nbf and exp follow the clock from token to token, backwards too")
  func clock() throws {
    let time = TestTime(Sample.now)
    let issuer = ShopifyIssuer(clock: time.wallClock)
    let session = try issuer.session(Sample.content(), ClientSecret(Sample.secret))
    for seconds in [0, 1, 61, 3600, -7200] as [Int64] {
      time.now = Sample.now.advanced(by: seconds)
      let token = try session.token()
      let claims = try Parts(token.text).claims
      #expect(claims["iat"]?.integer == Sample.now.secondsSinceEpoch + seconds)
      #expect(claims["nbf"] == claims["iat"])
      #expect(claims["exp"]?.integer == Sample.now.secondsSinceEpoch + seconds + 60)
      #expect(token.expiresAt == Sample.now.advanced(by: seconds + 60))
    }
  }

  @Test(
    "A time that a token can't carry is refused",
    arguments: [-1, .min, NumericDate.lastOfYear9999.secondsSinceEpoch - 59, .max] as [Int64])
  func badTimes(seconds: Int64) throws {
    let issuer = ShopifyIssuer(clock: .fixed(NumericDate(seconds)))
    let error = #expect(throws: IDTokenError.invalidTime(NumericDate(seconds))) {
      _ = try issuer.token(Sample.content(), ClientSecret(Sample.secret))
    }
    #expect(error?.description.contains("from 1970 to 9999") == true)
  }

  @Test(
    "The first and the last second that a token can carry are fine",
    arguments: [0, 9, 10, NumericDate.lastOfYear9999.secondsSinceEpoch - 60] as [Int64])
  func outermostTimes(seconds: Int64) throws {
    let issuer = ShopifyIssuer(clock: .fixed(NumericDate(seconds)))
    let token = try issuer.token(Sample.content(), ClientSecret(Sample.secret))
    let claims = try Sample.secretVerifier().verify(token.text, at: NumericDate(seconds))
    #expect(claims.issuedAt == NumericDate(seconds))
  }
}
