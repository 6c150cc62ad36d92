/// What a key is: its type (`kty`) and the size or curve that decides which algorithms may use it.
package enum KeyKind: Sendable, Hashable {
  case rsa(modulusBits: Int)
  case ec(EllipticCurve)
  case okp(EdwardsCurve)

  /// The curves of RFC 7518 §6.2.1.1, by their `crv` names.
  package enum EllipticCurve: String, Sendable, Hashable, CaseIterable {
    case p256 = "P-256"
    case p384 = "P-384"
    case p521 = "P-521"
  }

  /// The signature curves of RFC 8037 §3.1, by their `crv` names.
  package enum EdwardsCurve: String, Sendable, Hashable, CaseIterable {
    case ed25519 = "Ed25519"
    case ed448 = "Ed448"
  }
}

extension KeyKind: CustomStringConvertible {
  package var description: String {
    switch self {
    case .rsa(let bits): "an RSA key of \(bits) bits"
    case .ec(let curve): "an EC key on \(curve.rawValue)"
    case .okp(let curve): "an OKP key on \(curve.rawValue)"
    }
  }
}

extension KeyKind.EllipticCurve {
  /// Bytes of one coordinate, of the scalar, and of each half of a signature (RFC 7518 §3.4, §6.2.1.2).
  package var coordinateLength: Int {
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
  package var keyLength: Int {
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

extension KeyKind.EdwardsCurve {
  /// Whether a public key is a point whose order divides the cofactor (RFC 8032 §5.1, §5.2). With such a key, signatures
  /// verify that nobody made with a private key.
  func isSmallOrder(_ key: [UInt8]) -> Bool {
    // The sign of x is the highest bit; y decides alone.
    var y = key
    guard let last = y.popLast() else { return false }
    y.append(last & 0x7f)
    return smallOrderY.contains { $0 == y }
  }

  /// y of each such point, little-endian. Those of 0 and 1 are also there with p added, which decoders may take.
  private var smallOrderY: [[UInt8]] {
    switch self {
    case .ed25519:
      // p = 2²⁵⁵ − 19.
      let p = [0xed] + [UInt8](repeating: 0xff, count: 30) + [0x7f]
      return [Self.number(0, 32), Self.number(1, 32), [0xec] + p[1...], p, [0xee] + p[1...]] + Self.yOfOrder8
    case .ed448:
      // p = 2⁴⁴⁸ − 2²²⁴ − 1.
      let ones = [UInt8](repeating: 0xff, count: 28)
      let rest = [0xfe] + ones.dropFirst() + [0]
      return [
        Self.number(0, 57), Self.number(1, 57), [0xfe] + ones.dropFirst() + rest, ones + rest,
        [UInt8](repeating: 0, count: 28) + ones + [0],
      ]
    }
  }

  private static func number(_ value: UInt8, _ count: Int) -> [UInt8] {
    [value] + [UInt8](repeating: 0, count: count - 1)
  }

  /// The two y of the four points of order 8 on Ed25519; they add up to p.
  private static let yOfOrder8: [[UInt8]] = [
    [
      0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
      0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
      0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
      0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
  ]
}
