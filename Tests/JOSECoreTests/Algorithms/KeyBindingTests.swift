import JOSECore
import Testing

@Suite("The algorithm is bound to the key (RFC 8725 §3.1)")
struct KeyBindingTests {
  /// Which kinds each algorithm takes, written out once more: the table in the sources is what is tested.
  static func fits(_ algorithm: Algorithm, _ kind: KeyKind) -> Bool {
    switch kind {
    case .rsa: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"].contains(algorithm.rawValue)
    case .ec(.p256): algorithm.rawValue == "ES256"
    case .ec(.p384): algorithm.rawValue == "ES384"
    case .ec(.p521): algorithm.rawValue == "ES512"
    case .okp(.ed25519): ["EdDSA", "Ed25519"].contains(algorithm.rawValue)
    case .okp(.ed448): ["EdDSA", "Ed448"].contains(algorithm.rawValue)
    }
  }

  @Test("a key of the wrong kind is refused, and the reason names both", arguments: Algorithm.allCases)
  func matrix(_ algorithm: Algorithm) throws {
    for key in Sample.privateKeys {
      if Self.fits(algorithm, key.kind) {
        #expect(try SigningKey(algorithm, key).algorithm == algorithm)
        #expect(try VerificationKey(algorithm, key.publicKey).algorithm == algorithm)
      } else {
        let error =
          algorithm.isSymmetric
          ? JOSEError.wrongKeyType(algorithm: algorithm)
          : .wrongKey(algorithm: algorithm, key: key.kind)
        #expect(throws: error) { try SigningKey(algorithm, key) }
        #expect(throws: error) { try VerificationKey(algorithm, key.publicKey) }
      }
    }
  }

  @Test(
    "the refusal of a wrong kind says what is needed and what is there",
    arguments: [
      (Algorithm.es256, "ES256 needs an EC key on P-256 (RFC 7518 §3.4); this is an RSA key of 2048 bits"),
      (.ed448, "Ed448 needs an OKP key on Ed448 (RFC 9864 §2.2); this is an RSA key of 2048 bits"),
      (.edDSA, "EdDSA needs an OKP key on Ed25519 or Ed448 (RFC 8037 §3.1); this is an RSA key of 2048 bits"),
      (.hs256, "HS256 needs a secret (RFC 7518 §3.2); a private or public key is no secret"),
    ])
  func reason(_ algorithm: Algorithm, _ text: String) {
    #expect(refusal { try SigningKey(algorithm, Sample.rsa) } == text)
  }

  @Test(
    "a secret is refused for an asymmetric algorithm",
    arguments: Algorithm.allCases.filter { !$0.isSymmetric })
  func secretForKey(_ algorithm: Algorithm) {
    let error = JOSEError.wrongKeyType(algorithm: algorithm)
    #expect(throws: error) { try SigningKey(algorithm, secret: Sample.secret) }
    #expect(throws: error) { try VerificationKey(algorithm, secret: Sample.secret) }
    #expect(error.description.hasSuffix("; this is a secret"))
  }

  @Test(
    "a secret one byte shorter than the hash is refused (RFC 7518 §3.2), one as long is taken",
    arguments: [(Algorithm.hs256, 32), (.hs384, 48), (.hs512, 64)])
  func shortSecret(_ algorithm: Algorithm, _ minimum: Int) throws {
    #expect(algorithm.minimumSecretLength == minimum)
    #expect(
      try SigningKey(algorithm, secret: SecretBytes(.init(repeating: 1, count: minimum)))
        .signatureLength == minimum)
    for count in [0, 1, minimum - 1] {
      let secret = SecretBytes([UInt8](repeating: 1, count: count))
      #expect(throws: JOSEError.secretTooShort(algorithm: algorithm, bytes: count)) {
        try SigningKey(algorithm, secret: secret)
      }
      #expect(
        refusal { try VerificationKey(algorithm, secret: secret) }
          == "the secret has \(count) bytes; \(algorithm) needs \(minimum) or more (RFC 7518 §3.2)")
    }
  }

  /// RFC 8725 §2.1: a verifier that takes a public key for an HMAC secret lets anyone sign. Here the PEM is just a secret,
  /// and a MAC made with it verifies with no RSA key.
  @Test("a MAC keyed with the text of a public key does not verify under that key")
  func confusion() throws {
    let secret = SecretBytes(utf8: try Sample.rsa.publicKey.pem())
    let mac = try SigningKey(.hs256, secret: secret).signature(of: AlgorithmTests.message)
    for algorithm in [Algorithm.rs256, .ps256] {
      #expect(try !VerificationKey(algorithm, Sample.rsa.publicKey).accepts(mac, for: AlgorithmTests.message))
    }
  }

  @Test("a symmetric algorithm has no key to generate", arguments: [Algorithm.hs256, .hs384, .hs512])
  func generate(_ algorithm: Algorithm) {
    #expect(algorithm.defaultKeyKind == nil)
    #expect(throws: JOSEError.wrongKeyType(algorithm: algorithm)) { try SigningKey.generate(algorithm) }
  }
}
