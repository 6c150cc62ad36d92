import Foundation
import IDTokens
import TestSupport
import Testing

/// Signs with `openssl` in another process, which alone has the private key's file.
private struct OpenSSLSigner: TokenSigner {
  let algorithm = Algorithm.es256
  let publicKey: PublicKey
  let keyFile: String

  init(_ directory: TemporaryDirectory) throws {
    let key = try PrivateKey.generate(.ec(.p256))
    publicKey = key.publicKey
    keyFile = directory["key.pem"]
    try key.pem().withBytes { pem in
      _ = FileManager.default.createFile(
        atPath: keyFile, contents: Data(pem.indices.map { pem[$0] }), attributes: [.posixPermissions: 0o600])
    }
  }

  func sign(_ signingInput: [UInt8]) async throws -> [UInt8] {
    let process = ChildProcess.shell("openssl dgst -sha256 -sign '\(keyFile)' | base64 -w 0")
    let outcome = try await process.outcome(input: String(decoding: signingInput, as: UTF8.self))
    guard outcome.status == 0, let der = Data(base64Encoded: outcome.output) else {
      throw Failed(reason: outcome.error)
    }
    return Self.joined(Array(der))
  }

  /// r‖s of two DER integers (RFC 7518 §3.4).
  private static func joined(_ der: [UInt8]) -> [UInt8] {
    var (rest, signature) = (der.dropFirst(2), [UInt8]())
    for _ in 0..<2 {
      let length = Int(rest[rest.startIndex + 1])
      let digits = rest.dropFirst(2).prefix(length).drop { $0 == 0 }
      signature += Array(repeating: 0, count: 32 - digits.count) + digits
      rest = rest.dropFirst(2 + length)
    }
    return signature
  }

  struct Failed: Error, CustomStringConvertible {
    let reason: String
    var description: String { "openssl failed: \(reason)" }
  }
}

@Suite("A key that is elsewhere") struct TokenSignerTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func issuer(_ signer: some TokenSigner) throws -> TokenIssuer {
    try TokenIssuer(url: "https://id.example.com", signer: signer, clock: .fixed(Sample.now))
  }

  @Test("signs in another process, and its tokens verify by the issuer's JWK Set")
  func otherProcess() async throws {
    let issuer = try issuer(OpenSSLSigner(directory))
    let session = try issuer.session(TokenContent(subject: "user-7", audience: ["till"]))
    let verifier = TokenVerifier(.jwkSet(issuer.jwkSet), audience: "till", issuer: "https://id.example.com")
    var tokenIDs: Set<String> = []
    for _ in 0..<3 {
      let token = try await session.batchedToken()
      #expect(token.expiresAt == Sample.now.advanced(by: 60))
      #expect(try Parts(token.text).header["kid"]?.string == issuer.jwkSet.keys.first?.keyID)
      tokenIDs.insert(try #require(try verifier.verify(token.text, at: Sample.now).tokenID))
    }
    #expect(tokenIDs.count == 3)
  }

  @Test("has no synchronous token, and the error names the call that has")
  func synchronous() throws {
    let session = try issuer(OpenSSLSigner(directory)).session(
      TokenContent(subject: "user-7", audience: ["till"]))
    let error = #expect(throws: IDTokenError.signerIsElsewhere) { try session.token() }
    #expect(error?.description.contains("batchedToken") == true)
  }

  private struct WrongSigner: TokenSigner {
    let algorithm = Algorithm.es256
    let publicKey: PublicKey
    let signature: @Sendable () throws -> [UInt8]
    func sign(_ signingInput: [UInt8]) async throws -> [UInt8] { try signature() }
  }

  @Test("withholds a token whose first signature does not verify")
  func wrongSignature() async throws {
    let signer = WrongSigner(publicKey: try PrivateKey.generate(.ec(.p256)).publicKey) {
      Array(repeating: 1, count: 64)
    }
    let issuer = try issuer(signer)
    let error = await #expect(throws: IDTokenError.self) {
      try await issuer.batchedToken(TokenContent(subject: "user-7", audience: ["till"]))
    }
    #expect(error?.code == "signer" && error?.description.contains("does not verify") == true)
  }

  @Test("is refused if its public key isn't one of its algorithm")
  func wrongKey() throws {
    let signer = WrongSigner(publicKey: try PrivateKey.generate(.okp(.ed25519)).publicKey) { [] }
    let error = #expect(throws: IDTokenError.self) { try issuer(signer) }
    #expect(error?.code == "signer" && error?.description.contains("ES256") == true)
  }

  @Test("passes its failure on with its reason")
  func failure() async throws {
    let signer = WrongSigner(publicKey: try PrivateKey.generate(.ec(.p256)).publicKey) {
      throw OpenSSLSigner.Failed(reason: "the module is gone")
    }
    let issuer = try issuer(signer)
    await #expect(throws: IDTokenError.signerFailed("openssl failed: the module is gone")) {
      try await issuer.batchedToken(TokenContent(subject: "user-7", audience: ["till"]))
    }
  }
}
