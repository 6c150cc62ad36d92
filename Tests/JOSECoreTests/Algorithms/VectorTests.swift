import JOSECore
import Testing

@Suite("Published signatures")
struct VectorTests {
  @Test("a published signature verifies", arguments: JWSVector.all)
  func verify(_ vector: JWSVector) throws {
    let key = try vector.verificationKey()
    #expect(try key.accepts(Base64URL.decode(vector.signature), for: vector.message))
  }

  @Test(
    "a deterministic algorithm makes the published signature byte for byte",
    arguments: JWSVector.all.filter(\.isDeterministic))
  func sign(_ vector: JWSVector) throws {
    let key = try PrivateJWK(vector.jwk).signingKey(vector.algorithm)
    #expect(try key.signature(of: vector.message).base64URL == vector.signature)
  }

  @Test(
    "a randomised algorithm makes another signature that the same key accepts",
    arguments: JWSVector.all.filter { !$0.isDeterministic })
  func signAnew(_ vector: JWSVector) throws {
    let signature = try PrivateJWK(vector.jwk).signingKey(vector.algorithm).signature(of: vector.message)
    #expect(signature.base64URL != vector.signature)
    #expect(try vector.verificationKey().accepts(signature, for: vector.message))
  }

  @Test("a published signature is refused for another message", arguments: JWSVector.all)
  func refuse(_ vector: JWSVector) throws {
    let key = try vector.verificationKey()
    let signature = try Base64URL.decode(vector.signature)
    for index in vector.message.indices {
      #expect(try !key.accepts(signature, for: vector.message.changing(at: index)))
    }
  }

  @Test("a published token is read as compact serialization", arguments: JWSVector.all)
  func parse(_ vector: JWSVector) throws {
    let token = try CompactJWS(parsing: vector.token)
    #expect(token.header.algorithm == vector.algorithm)
    #expect(token.signingInput == vector.message)
    #expect(try token.signature == Base64URL.decode(vector.signature))
  }

  @Test("the claims of RFC 7515 A.1 keep their order although CR LF and spaces stand between them")
  func claims() throws {
    let token = try CompactJWS(parsing: JWSVector.rfc7515[0].token)
    #expect(try token.claims().members.map(\.name) == ["iss", "exp", "http://example.com/is_root"])
    #expect(try token.claims().members.map(\.value) == ["joe", 1_300_819_380, true])
  }
}
