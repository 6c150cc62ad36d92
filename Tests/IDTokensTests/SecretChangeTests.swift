import IDTokens
import JOSECore
import Testing

@Suite struct SecretChangeTests {
  @Test("While a secret changes, tokens of the current and the previous one verify")
  func bothVerify() throws {
    let verifier = try Sample.secretVerifier([Sample.otherSecret, Sample.secret])
    for secret in [Sample.secret, Sample.otherSecret] {
      #expect(try verifier.verify(Sample.shopifyToken(secret: secret), at: Sample.now).subject == "42")
    }
  }

  @Test("A removed secret's tokens don't verify any more")
  func removed() throws {
    let token = try Sample.shopifyToken(secret: Sample.secret)
    let error = #expect(throws: VerificationError.invalidSignature(.hs256)) {
      _ = try Sample.secretVerifier([Sample.otherSecret]).verify(token, at: Sample.now)
    }
    #expect(error?.description == "the HS256 signature is not valid for this token and key")
  }
}
