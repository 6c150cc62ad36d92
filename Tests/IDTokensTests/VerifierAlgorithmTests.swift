import IDTokens
import JOSECore
import KeyRotation
import Testing

@Suite("The keys decide which algorithm is accepted, the token decides nothing (RFC 8725 §3.1)")
struct VerifierAlgorithmTests {
  @Test(
    "alg none is refused in every spelling, with a signature or without",
    arguments: ["none", "None", "NONE", "nOnE"])
  func none(name: String) throws {
    let input = Forgery.encode(#"{"alg":"\#(name)","typ":"JWT"}"#) + "." + Forgery.encode(Forgery.claims())
    let signature = Forgery.encode(try Forgery.signature(input, Forgery.secretKey()))
    for verifier in [try Sample.secretVerifier(), try SampleRing.verifier()] {
      for token in [input + ".", input + "." + signature] {
        let error = #expect(throws: VerificationError.malformed(.unsupportedAlgorithm(name))) {
          _ = try verifier.verify(token, at: Sample.now)
        }
        #expect(name != "none" || error?.description.contains("alg none") == true)
      }
    }
  }

  @Test("HS256 made with the RSA public key as the secret is refused by a JWKS (RFC 8725 §2.1)")
  func publicKeyAsSecret() throws {
    let key = try SampleRing.key(.rs256)
    let pem = try #require(key.key.publicKey).pem()
    let base64 = pem.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
    let der = try Base64URL.decode(
      base64.map { $0 == "+" ? "-" : $0 == "/" ? "_" : String($0) }.joined()
        .filter { $0 != "=" })
    for var secret in [Array(pem.utf8), Array(pem.dropLast().utf8), der] {
      let hmac = try SigningKey(.hs256, secret: SecretBytes(wiping: &secret))
      for header in [#"{"alg":"HS256","typ":"JWT"}"#, #"{"alg":"HS256","kid":"\#(key.keyID)"}"#] {
        let error = #expect(throws: VerificationError.self) {
          _ = try SampleRing.verifier().verify(Forgery.token(header, hmac), at: Sample.now)
        }
        #expect(error?.code == "algorithm_not_allowed")
        #expect(error?.description.contains("signed with HS256; accepted here: RS256") == true)
      }
    }
  }

  @Test("A client secret's verifier takes HS256 and nothing else", arguments: SampleRing.asymmetric)
  func asymmetricToSecret(algorithm: Algorithm) throws {
    let token = try Sample.openIDToken(algorithm, ring: SampleRing.everyAlgorithm())
    #expect(throws: VerificationError.algorithmNotAllowed(algorithm, allowed: [.hs256])) {
      _ = try Sample.secretVerifier().verify(token, at: Sample.now)
    }
  }

  @Test("HS384 and HS512 with the right secret are not HS256", arguments: [Algorithm.hs384, .hs512])
  func otherHMAC(algorithm: Algorithm) throws {
    let secret = String(repeating: "s3cret", count: 12)
    let key = try SigningKey(algorithm, secret: SecretBytes(utf8: secret))
    let token = try Forgery.token(#"{"alg":"\#(algorithm)","typ":"JWT"}"#, key)
    #expect(throws: VerificationError.algorithmNotAllowed(algorithm, allowed: [.hs256])) {
      _ = try Sample.secretVerifier([secret]).verify(token, at: Sample.now)
    }
  }

  @Test("A header may not name another algorithm than the key's, for any pair")
  func keyMismatch() throws {
    for key in try SampleRing.asymmetric.map({ try SampleRing.key($0) }) {
      for algorithm in SampleRing.asymmetric where algorithm != key.algorithm {
        // EdDSA and its full name are one algorithm on one curve (RFC 9864 §2.2).
        let names = Set([algorithm, key.algorithm])
        if names == [.edDSA, .ed25519] || (key.algorithm == .ed448 && algorithm == .edDSA) { continue }
        let token = try Forgery.token(#"{"alg":"\#(algorithm)","kid":"\#(key.keyID)"}"#, key.key)
        #expect(throws: VerificationError.keyMismatch(keyID: key.keyID, algorithm)) {
          _ = try SampleRing.verifier().verify(token, at: Sample.now)
        }
      }
    }
  }

  @Test("The reason of a mismatch names key and algorithm")
  func mismatchDescription() {
    let error = VerificationError.keyMismatch(keyID: "abc", .rs256)
    #expect(error.description == "key abc is not for RS256")
    #expect(error.code == "unknown_key")
  }

  @Test(
    "EdDSA and its full name check each other's tokens (RFC 9864 §2.2)",
    arguments: [(Algorithm.edDSA, Algorithm.ed25519), (.ed25519, .edDSA), (.ed448, .edDSA)])
  func edwardsNames(own: Algorithm, other: Algorithm) throws {
    let key = try SampleRing.key(own)
    let issuer = #""\#(Sample.issuer)""#
    let token = try Forgery.token(
      #"{"alg":"\#(other)","kid":"\#(key.keyID)"}"#, key.key, Forgery.claims(["iss": issuer]))
    #expect(try SampleRing.verifier().verify(token, at: Sample.now).subject == "42")
  }

  @Test("A PSS signature under an RS256 header is no RS256 signature")
  func pssSignature() throws {
    let key = try SampleRing.key(.rs256)
    let pss = try SigningKey(.ps256, try #require(key.key.privateKey))
    let token = try Forgery.token(#"{"alg":"RS256","kid":"\#(key.keyID)"}"#, pss)
    #expect(throws: VerificationError.invalidSignature(.rs256)) {
      _ = try SampleRing.verifier().verify(token, at: Sample.now)
    }
  }
}
