/// What a key is: its type (`kty`) and the size or curve that decides which algorithms may use it.
public enum KeyKind: Sendable, Hashable {
  case rsa(modulusBits: Int)
  case ec(EllipticCurve)
  case okp(EdwardsCurve)

  /// The curves of RFC 7518 §6.2.1.1, by their `crv` names.
  public enum EllipticCurve: String, Sendable, Hashable, CaseIterable {
    case p256 = "P-256"
    case p384 = "P-384"
    case p521 = "P-521"
  }

  /// The signature curves of RFC 8037 §3.1, by their `crv` names.
  public enum EdwardsCurve: String, Sendable, Hashable, CaseIterable {
    case ed25519 = "Ed25519"
    case ed448 = "Ed448"
  }
}

extension KeyKind: CustomStringConvertible {
  public var description: String {
    switch self {
    case .rsa(let bits): "an RSA key of \(bits) bits"
    case .ec(let curve): "an EC key on \(curve.rawValue)"
    case .okp(let curve): "an OKP key on \(curve.rawValue)"
    }
  }
}

extension KeyKind.EllipticCurve {
  /// Bytes of one coordinate, of the scalar, and of each half of a signature (RFC 7518 §3.4, §6.2.1.2).
  public var coordinateLength: Int {
    switch self {
    case .p256: 32
    case .p384: 48
    case .p521: 66
    }
  }

  /// OpenSSL answers with the SECG or X9.62 name whichever one a key was made with.
  init?(openSSLName: String) {
    switch openSSLName {
    case "prime256v1", "P-256": self = .p256
    case "secp384r1", "P-384": self = .p384
    case "secp521r1", "P-521": self = .p521
    default: return nil
    }
  }
}

extension KeyKind.EdwardsCurve {
  /// Bytes of a public key, and of a private key (RFC 8032 §5.1.5, §5.2.5).
  public var keyLength: Int {
    switch self {
    case .ed25519: 32
    case .ed448: 57
    }
  }

  /// Bytes of a signature (RFC 8032 §5.1.6, §5.2.6).
  var signatureLength: Int { 2 * keyLength }

  var openSSLName: String {
    switch self {
    case .ed25519: "ED25519"
    case .ed448: "ED448"
    }
  }
}
