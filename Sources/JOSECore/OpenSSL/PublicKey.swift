import COpenSSL

/// An asymmetric public key. It holds no private half, not even in memory.
public struct PublicKey: Sendable {
  package let kind: KeyKind
  /// The parameters that a JWK shows.
  package let components: Components
  let handle: KeyHandle

  /// Big-endian unsigned bytes; `n` and `e` without leading zeros, coordinates of the curve's full length.
  package enum Components: Sendable, Hashable {
    /// RFC 7518 §6.3.1.
    case rsa(n: [UInt8], e: [UInt8])
    /// RFC 7518 §6.2.1.
    case ec(KeyKind.EllipticCurve, x: [UInt8], y: [UInt8])
    /// RFC 8037 §2.
    case okp(KeyKind.EdwardsCurve, x: [UInt8])
  }

  init(_ handle: KeyHandle) throws(JOSEError) {
    kind = try handle.kind()
    components = try handle.components(of: kind)
    if case .okp(let curve, let x) = components, curve.isSmallOrder(x) {
      throw .invalidKey(
        "the \(curve.rawValue) public key is a point of small order: it verifies forged signatures")
    }
    self.handle = handle
  }

  package init(_ components: Components) throws(JOSEError) {
    try self.init(KeyHandle.make(components))
  }
}

extension PublicKey: Hashable {
  public static func == (left: PublicKey, right: PublicKey) -> Bool { left.components == right.components }
  public func hash(into hasher: inout Hasher) { hasher.combine(components) }
}

extension KeyHandle {
  fileprivate func components(of kind: KeyKind) throws(JOSEError) -> PublicKey.Components {
    switch kind {
    case .rsa:
      return .rsa(n: try component("n"), e: try component("e"))
    case .ec(let curve):
      let length = curve.coordinateLength
      return .ec(
        curve, x: try component("qx", length: length),
        y: try component("qy", length: length))
    case .okp(let curve):
      return .okp(curve, x: try rawPublicKey(length: curve.keyLength))
    }
  }

  fileprivate static func make(_ components: PublicKey.Components) throws(JOSEError) -> KeyHandle {
    switch components {
    case .rsa(let n, let e):
      var parameters = try KeyParameters()
      try parameters.add(n: n, e: e)
      return try parameters.key(ofType: "RSA", selection: OPENSSL_SELECT_PUBLIC_KEY)
    case .ec(let curve, let x, let y):
      var parameters = try KeyParameters()
      try parameters.add(curve, x: x, y: y)
      return try parameters.key(ofType: "EC", selection: OPENSSL_SELECT_PUBLIC_KEY)
    case .okp(let curve, let x):
      let made = unsafe EVP_PKEY_new_raw_public_key_ex(nil, curve.openSSLName, nil, x, x.count)
      return unsafe KeyHandle(owning: try check(made, "read x as an \(curve.rawValue) key"))
    }
  }
}
