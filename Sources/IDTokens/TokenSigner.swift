public import JOSECore
import Synchronization

/// A private key that is elsewhere: in another process, a cloud's key service, a security module.
public protocol TokenSigner: Sendable {
  /// The one algorithm of its signatures.
  var algorithm: Algorithm { get }
  /// Its public half, which backends verify with and which names the key: `kid` is its RFC 7638 thumbprint.
  var publicKey: PublicKey { get }
  /// The signature of `signingInput` (RFC 7515 §5.1 step 5), encoded as JWS has it: r‖s for ECDSA (RFC 7518 §3.4).
  func sign(_ signingInput: [UInt8]) async throws -> [UInt8]
}

/// Mints with a `TokenSigner`, whose first signature is verified: a wrong key or encoding shows before a token leaves.
final class ExternalKey: Sendable {
  let signer: any TokenSigner
  let publicJWK: PublicJWK
  private let verificationKey: VerificationKey
  private let minters = ThreadLocalPool<TokenMinter>()
  private let isVerified = Flag()

  init(_ signer: any TokenSigner) throws(IDTokenError) {
    self.signer = signer
    do throws(JOSEError) { publicJWK = try PublicJWK(signer.publicKey, algorithm: signer.algorithm) } catch {
      throw .signerFailed("\(error)")
    }
    do throws(JOSEError) { verificationKey = try VerificationKey(signer.algorithm, signer.publicKey) } catch {
      throw .key(error)
    }
  }

  var keyID: String { publicJWK.keyID ?? "" }

  func mint(_ token: PreparedToken, at now: NumericDate) async throws(IDTokenError) -> IDToken {
    let (input, expiry) = try signingInput(token, at: now)
    let signature: [UInt8]
    do { signature = try await signer.sign(input) } catch { throw .signerFailed("\(error)") }
    try check(signature, of: input)
    let text = String(decoding: input, as: UTF8.self) + "." + Base64URL.encode(signature.span)
    return IDToken(text: text, expiresAt: expiry)
  }

  private func signingInput(
    _ token: PreparedToken, at now: NumericDate
  ) throws(IDTokenError) -> (bytes: [UInt8], expiry: NumericDate) {
    try minters.with { () throws(IDTokenError) in
      try TokenMinter(multiBuffer: .off)
    } _: { (minter) throws(IDTokenError) in
      var expiry = now
      let bytes = try [UInt8](capacity: token.maximumLength) { (output) throws(IDTokenError) in
        expiry = try minter.appendSigningInput(token, at: now, to: &output)
      }
      return (bytes, expiry)
    }
  }

  private func check(_ signature: [UInt8], of input: [UInt8]) throws(IDTokenError) {
    guard !isVerified.isSet else { return }
    let isValid: Bool
    do { isValid = try verificationKey.isValid(signature.span, for: input.span) } catch { throw .key(error) }
    guard isValid else {
      throw .signerFailed("its first signature does not verify with its public key; the token is withheld")
    }
    isVerified.set()
  }
}

/// Something that happened once and stays so.
private final class Flag: Sendable {
  private let value = Atomic(false)
  var isSet: Bool { value.load(ordering: .relaxed) }
  func set() { value.store(true, ordering: .relaxed) }
}
