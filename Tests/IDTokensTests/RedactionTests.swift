import IDTokens
import JOSECore
import KeyRotation
import TestSupport
import Testing

@Suite("Secrets never print") struct RedactionTests {
  private static func printed(_ value: Any) -> String {
    var dumped = ""
    dump(value, to: &dumped)
    return [String(describing: value), String(reflecting: value), "\(value)", dumped].joined(separator: "\n")
  }

  @Test("A client secret prints as redacted, alone and inside what holds it")
  func clientSecret() throws {
    let secret = try ClientSecret(Sample.secret)
    let issuer = ShopifyIssuer(clock: .fixed(Sample.now))
    let holders: [Any] = [
      secret, secret.bytes, try Sample.issuer(), [secret], Optional(secret) as Any,
      TokenVerifier(.secret(secret), audience: .unchecked, issuer: .anyShop),
      try issuer.session(Sample.content(), secret),
      try PreparedToken(Sample.content(), secret: secret),
    ]
    for holder in holders { #expect(!Self.printed(holder).contains(Sample.secret)) }
    #expect(secret.description == "ClientSecret(<redacted>)")
    #expect(Mirror(reflecting: secret).children.isEmpty)
  }

  @Test("A token prints as redacted with its expiry, alone and inside what holds it")
  func sessionToken() throws {
    let token = IDToken(text: try Sample.shopifyToken(), expiresAt: Sample.now)
    for holder in [token, [token], Optional(token) as Any, (1, token)] as [Any] {
      #expect(!Self.printed(holder).contains("eyJ"))
    }
    #expect(token.description == "IDToken(<redacted>, expires 2027-01-15T08:00:00Z)")
  }

  @Test("A snapshot and its private keys print no key material")
  func privateKeys() throws {
    let ring = try SampleRing.everyAlgorithm()
    let key = try SampleRing.key(.es256)
    for value in [ring, key, key.key, try #require(key.key.privateKey)] as [Any] {
      let text = Self.printed(value)
      #expect(!text.contains("PRIVATE"))
      #expect(text.contains("<redacted>"))
    }
  }

  @Test("No refusal shows the secret it is about")
  func refusals() throws {
    for text in ["short-and-sweet", Sample.secret + " ", String(repeating: "s", count: 31)] {
      let error = #expect(throws: IDTokenError.self) { _ = try ClientSecret(text) }
      #expect(["invalid_secret", "key"].contains(error?.code))
      #expect(!Self.printed(error as Any).contains(text))
    }
  }

  @Test("No refusal shows the token it is about")
  func tokens() throws {
    let token = try Sample.shopifyToken()
    let error = #expect(throws: VerificationError.self) {
      _ = try Sample.secretVerifier().verify(token, at: Sample.now.advanced(by: 600))
    }
    #expect(error?.code == "expired")
    #expect(!Self.printed(error as Any).contains("eyJ"))
  }
}
