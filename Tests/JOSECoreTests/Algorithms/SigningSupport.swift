import JOSECore
import Testing

extension Signer {
  /// The signature of a message in an array of its own.
  mutating func signature(
    of message: [UInt8], with key: SigningKey, resuming prefix: HashMidstate? = nil
  ) throws -> [UInt8] {
    try [UInt8](capacity: key.signatureLength) { (output) throws(JOSEError) in
      try sign(message.span, with: key, resuming: prefix, into: &output)
    }
  }
}

extension SigningKey {
  func signature(of message: [UInt8]) throws -> [UInt8] {
    var signer = try Signer()
    return try signer.signature(of: message, with: self)
  }

  /// What verifies this key's signatures; `secret` is the sample secret where the algorithm is symmetric.
  func verificationKey() throws -> VerificationKey {
    guard let publicKey else { return try VerificationKey(algorithm, secret: Sample.secret) }
    return try VerificationKey(algorithm, publicKey)
  }
}

extension VerificationKey {
  func accepts(_ signature: [UInt8], for message: [UInt8]) throws -> Bool {
    try isValid(signature.span, for: message.span)
  }
}

/// Keys made once for the whole run: making an RSA key takes as long as hundreds of signatures.
enum Sample {
  static let rsa = try! PrivateKey.generate(.rsa(modulusBits: 2048))
  static let rsa3072 = try! PrivateKey.generate(.rsa(modulusBits: 3072))
  static let rsa4096 = try! PrivateKey.generate(.rsa(modulusBits: 4096))
  static let p256 = try! PrivateKey.generate(.ec(.p256))
  static let p384 = try! PrivateKey.generate(.ec(.p384))
  static let p521 = try! PrivateKey.generate(.ec(.p521))
  static let ed25519 = try! PrivateKey.generate(.okp(.ed25519))
  static let ed448 = try! PrivateKey.generate(.okp(.ed448))
  static let privateKeys = [rsa, p256, p384, p521, ed25519, ed448]

  /// As long as the longest hash, so that it suits every HMAC.
  static let secret = SecretBytes(utf8: String(repeating: "sample secret 16", count: 4))

  static func signingKey(_ algorithm: Algorithm) throws -> SigningKey {
    switch algorithm {
    case .hs256, .hs384, .hs512: try SigningKey(algorithm, secret: secret)
    case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: try SigningKey(algorithm, rsa)
    case .es256: try SigningKey(algorithm, p256)
    case .es384: try SigningKey(algorithm, p384)
    case .es512: try SigningKey(algorithm, p521)
    case .edDSA, .ed25519: try SigningKey(algorithm, ed25519)
    case .ed448: try SigningKey(algorithm, ed448)
    }
  }
}

extension PrivateJWK {
  init(_ text: String) throws {
    let value = try JSONValue(parsing: text)
    try self.init(#require(value.object))
  }
}

extension CompactJWS {
  var signingInput: [UInt8] { withSigningInput { input in input.map { $0 } } }
}

extension SecretBytes {
  convenience init(_ bytes: [UInt8]) {
    var bytes = bytes
    self.init(wiping: &bytes)
  }

  var text: String { withBytes { bytes in String(decoding: bytes.map { $0 }, as: UTF8.self) } }
}

extension [UInt8] {
  init(hex text: String) {
    let digits = text.compactMap(\.hexDigitValue)
    self = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
  }

  var hex: String {
    map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
  }

  var base64URL: String { Base64URL.encode(span) }

  /// The same with one byte changed a little.
  func changing(at index: Int, by mask: UInt8 = 1) -> [UInt8] {
    var copy = self
    copy[index] ^= mask
    return copy
  }
}

/// The error that a body throws, to look at its text.
func refusal<Result>(_ body: () throws -> Result) -> String? {
  do {
    _ = try body()
    return nil
  } catch { return String(describing: error) }
}
