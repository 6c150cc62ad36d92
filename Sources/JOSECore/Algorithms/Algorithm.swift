/// A digital signature or MAC algorithm of JWS, by its registered `alg` name
/// (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2). There is no case for `none`.
public enum Algorithm: String, Sendable, Hashable, CaseIterable {
  case hs256 = "HS256"
  case hs384 = "HS384"
  case hs512 = "HS512"
  case rs256 = "RS256"
  case rs384 = "RS384"
  case rs512 = "RS512"
  case ps256 = "PS256"
  case ps384 = "PS384"
  case ps512 = "PS512"
  case es256 = "ES256"
  case es384 = "ES384"
  case es512 = "ES512"
  /// Ed25519 or Ed448, whichever curve the key is on (RFC 8037 §3.1).
  case edDSA = "EdDSA"
  /// The fully specified name of EdDSA over Ed25519 (RFC 9864 §2.2).
  case ed25519 = "Ed25519"
  /// The fully specified name of EdDSA over Ed448 (RFC 9864 §2.2).
  case ed448 = "Ed448"
}

extension Algorithm: CustomStringConvertible {
  public var description: String { rawValue }

  /// Whether one secret both signs and verifies (RFC 7518 §3.2). Such a key never appears in a JWK Set.
  public var isSymmetric: Bool {
    if case .hmac = scheme { true } else { false }
  }
}

extension Algorithm {
  /// How an algorithm signs; what the rest of this module switches over.
  enum Scheme {
    case hmac(MessageDigest)
    case rsaPKCS1(MessageDigest)
    case rsaPSS(MessageDigest)
    case ecdsa(MessageDigest, KeyKind.EllipticCurve)
    case edDSA
  }

  var scheme: Scheme {
    switch self {
    case .hs256: .hmac(.sha256)
    case .hs384: .hmac(.sha384)
    case .hs512: .hmac(.sha512)
    case .rs256: .rsaPKCS1(.sha256)
    case .rs384: .rsaPKCS1(.sha384)
    case .rs512: .rsaPKCS1(.sha512)
    case .ps256: .rsaPSS(.sha256)
    case .ps384: .rsaPSS(.sha384)
    case .ps512: .rsaPSS(.sha512)
    case .es256: .ecdsa(.sha256, .p256)
    case .es384: .ecdsa(.sha384, .p384)
    case .es512: .ecdsa(.sha512, .p521)
    case .edDSA, .ed25519, .ed448: .edDSA
    }
  }

  /// The hash that reads the message before the key is used; EdDSA hashes inside its signature operation.
  var digest: MessageDigest? {
    switch scheme {
    case .hmac(let digest), .rsaPKCS1(let digest), .rsaPSS(let digest), .ecdsa(let digest, _): digest
    case .edDSA: nil
    }
  }
}

extension Algorithm {
  /// Refuses a key that this algorithm can't use: the binding of RFC 8725 §3.1, made where a key is built.
  func check(_ kind: KeyKind) throws(JOSEError) {
    guard accepts(kind) else { throw .wrongKey(algorithm: self, key: kind) }
  }

  private func accepts(_ kind: KeyKind) -> Bool {
    switch (self, kind) {
    case (.rs256, .rsa), (.rs384, .rsa), (.rs512, .rsa), (.ps256, .rsa), (.ps384, .rsa), (.ps512, .rsa): true
    case (.es256, .ec(.p256)), (.es384, .ec(.p384)), (.es512, .ec(.p521)): true
    case (.edDSA, .okp), (.ed25519, .okp(.ed25519)), (.ed448, .okp(.ed448)): true
    default: false
    }
  }

  /// What `check(_:)` asks for, in words.
  var requirement: String {
    switch scheme {
    case .hmac: "a secret (RFC 7518 §3.2)"
    case .rsaPKCS1: "an RSA key (RFC 7518 §3.3)"
    case .rsaPSS: "an RSA key (RFC 7518 §3.5)"
    case .ecdsa(_, let curve): "an EC key on \(curve.rawValue) (RFC 7518 §3.4)"
    case .edDSA where self == .edDSA: "an OKP key on Ed25519 or Ed448 (RFC 8037 §3.1)"
    case .edDSA: "an OKP key on \(rawValue) (RFC 9864 §2.2)"
    }
  }
}
