import IDTokens
import JOSECore
import Testing

@Suite struct VerifierTimesTests {
  private static let expiry = Sample.now.advanced(by: 60)

  @Test("A token is expired when exp is now − leeway, and good one second before")
  func expiry() throws {
    let verifier = try Sample.secretVerifier()
    let token = try Sample.shopifyToken()
    #expect(try verifier.verify(token, at: Self.expiry.advanced(by: 9)).expiresAt == Self.expiry)
    let boundary = Self.expiry.advanced(by: 10)
    #expect(throws: VerificationError.expired(at: Self.expiry, now: boundary, leeway: 10)) {
      _ = try verifier.verify(token, at: boundary)
    }
  }

  @Test("An expired token's reason says when it expired and by how much it is late")
  func expiryDescription() throws {
    let error = #expect(throws: VerificationError.self) {
      _ = try Sample.secretVerifier().verify(Sample.shopifyToken(), at: Self.expiry.advanced(by: 22))
    }
    #expect(error?.code == "expired")
    let text = try #require(error?.description)
    #expect(text.hasPrefix("expired at 2027-01-15T08:01:00Z, 12 s before now − leeway"))
    #expect(text.contains("now 2027-01-15T08:01:22Z, leeway 10 s"))
  }

  @Test("Without leeway a token ends with the second before exp")
  func noLeeway() throws {
    var verifier = try Sample.secretVerifier()
    verifier.leeway = .zero
    let token = try Sample.shopifyToken()
    #expect(try verifier.verify(token, at: Self.expiry.advanced(by: -1)).expiresAt == Self.expiry)
    #expect(throws: VerificationError.expired(at: Self.expiry, now: Self.expiry, leeway: 0)) {
      _ = try verifier.verify(token, at: Self.expiry)
    }
  }

  @Test("nbf may lie the leeway ahead, and not one second more")
  func notBefore() throws {
    let verifier = try Sample.secretVerifier()
    let start = Sample.now.secondsSinceEpoch
    let token = { (ahead: Int64) in try Forgery.shopify(Forgery.claims(["nbf": "\(start + ahead)"])) }
    #expect(try verifier.verify(token(10), at: Sample.now).notBefore == Sample.now.advanced(by: 10))
    let notBefore = Sample.now.advanced(by: 11)
    let error = #expect(
      throws: VerificationError.notYetValid(notBefore: notBefore, now: Sample.now, leeway: 10)
    ) { _ = try verifier.verify(token(11), at: Sample.now) }
    #expect(error?.description.contains("not valid before 2027-01-15T08:00:11Z, 1 s after") == true)
    #expect(error?.code == "not_yet_valid")
  }

  @Test("iat may lie the leeway ahead, and not one second more")
  func issuedAt() throws {
    let verifier = try Sample.secretVerifier()
    let start = Sample.now.secondsSinceEpoch
    let token = { (ahead: Int64) in try Forgery.shopify(Forgery.claims(["iat": "\(start + ahead)"])) }
    #expect(try verifier.verify(token(10), at: Sample.now).issuedAt == Sample.now.advanced(by: 10))
    let issued = Sample.now.advanced(by: 11)
    let error = #expect(
      throws: VerificationError.issuedInFuture(at: issued, now: Sample.now, leeway: 10)
    ) { _ = try verifier.verify(token(11), at: Sample.now) }
    #expect(error?.description.contains("issued at 2027-01-15T08:00:11Z, 1 s after") == true)
    #expect(error?.code == "issued_in_future")
  }

  @Test("A token without nbf is judged by its other times")
  func withoutNotBefore() throws {
    let token = try Forgery.shopify(Forgery.claims(["nbf": nil]))
    #expect(try Sample.secretVerifier().verify(token, at: Sample.now).notBefore == nil)
  }

  @Test(
    "Times at the ends of the integers get an answer, in the token, the clock or the leeway",
    arguments: [Int64.max, .min, .max - 5, .min + 5, 0], [Int64.max, .min, 0])
  func hostile(claim: Int64, clock: Int64) throws {
    var verifier = try Sample.secretVerifier()
    for name in ["exp", "nbf", "iat"] {
      let claims = Forgery.claims([name: "\(claim)"])
      for leeway in [0, 10, .max] as [Int64] {
        verifier.leeway = .seconds(leeway)
        let token = try Forgery.shopify(claims)
        do throws(VerificationError) {
          _ = try verifier.verify(token, at: NumericDate(clock))
        } catch { #expect(!error.description.isEmpty) }
      }
    }
  }

  @Test("The largest leeway accepts and the least refuses, without a trap", arguments: [Int64.min, .max])
  func hostileLeeway(leeway: Int64) throws {
    var verifier = try Sample.secretVerifier()
    verifier.leeway = .seconds(leeway)
    let result = Result { try verifier.verify(Sample.shopifyToken(), at: Sample.now) }
    #expect(((try? result.get()) != nil) == (leeway > 0))
  }
}
