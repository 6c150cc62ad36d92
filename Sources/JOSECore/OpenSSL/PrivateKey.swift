import COpenSSL

/// An asymmetric private key together with its public half. It prints as its kind, never as its value.
package struct PrivateKey: Sendable {
  package let kind: KeyKind
  package let publicKey: PublicKey
  let handle: KeyHandle

  init(_ handle: KeyHandle) throws(JOSEError) {
    kind = try handle.kind()
    publicKey = try PublicKey(publicHalfOf: handle)
    self.handle = handle
  }

  /// A new key from OpenSSL's private generator.
  package static func generate(_ kind: KeyKind) throws(JOSEError) -> PrivateKey {
    if case .rsa(let bits) = kind {
      guard bits >= 2048 else { throw .modulusTooShort(bits: bits) }
      guard bits <= 16384 else { throw .invalidKey("an RSA modulus of \(bits) bits; 16384 is the most") }
      // OpenSSL makes a modulus of one bit less where it is asked for an odd number of them.
      guard bits % 2 == 0 else { throw .invalidKey("an RSA modulus of \(bits) bits; ask for an even number") }
    }
    return try PrivateKey(KeyContext.generate(kind))
  }
}

extension PrivateKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "PrivateKey(\(kind), <redacted>)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

extension Algorithm {
  /// The key that this algorithm gets where nobody asks for another size or curve; none for a symmetric one.
  package var defaultKeyKind: KeyKind? {
    switch scheme {
    case .hmac: nil
    case .rsaPKCS1, .rsaPSS: .rsa(modulusBits: 2048)
    case .ecdsa(_, let curve): .ec(curve)
    case .edDSA: .okp(self == .ed448 ? .ed448 : .ed25519)
    }
  }
}

/// Building private keys from the parameters of a JWK (RFC 7518 §6, RFC 8037 §2). Big-endian unsigned bytes throughout.
extension PrivateKey {
  /// The parameters of RFC 7518 §6.3.2. The primes may be absent together: OpenSSL then works without CRT.
  package struct RSAParameters: Sendable {
    package var n, e: [UInt8]
    package var d: SecretBytes
    package var primes: Primes?

    package init(n: [UInt8], e: [UInt8], d: SecretBytes, primes: Primes?) {
      (self.n, self.e, self.d, self.primes) = (n, e, d, primes)
    }

    /// What speeds signing up by the Chinese remainder theorem (RFC 7518 §6.3.2.2–6).
    package struct Primes: Sendable {
      package var p, q, dp, dq, qi: SecretBytes

      package init(p: SecretBytes, q: SecretBytes, dp: SecretBytes, dq: SecretBytes, qi: SecretBytes) {
        (self.p, self.q, self.dp, self.dq, self.qi) = (p, q, dp, dq, qi)
      }
    }
  }

  package init(rsa: RSAParameters) throws(JOSEError) {
    var parameters = try KeyParameters()
    try parameters.add(n: rsa.n, e: rsa.e)
    try parameters.add("d", secret: rsa.d)
    if let primes = rsa.primes {
      try parameters.add("rsa-factor1", secret: primes.p)
      try parameters.add("rsa-factor2", secret: primes.q)
      try parameters.add("rsa-exponent1", secret: primes.dp)
      try parameters.add("rsa-exponent2", secret: primes.dq)
      try parameters.add("rsa-coefficient1", secret: primes.qi)
    }
    let handle = try parameters.key(ofType: "RSA", selection: OPENSSL_SELECT_KEYPAIR)
    if rsa.primes == nil {
      try self.init(handle)
      try checkBySigning()
    } else {
      try self.init(checked: handle)
    }
  }

  /// OpenSSL's own check of an RSA pair needs the primes; a signature that verifies shows the same.
  private func checkBySigning() throws(JOSEError) {
    let message: [UInt8] = [0]
    let key = try SigningKey(.rs256, self)
    var signer = try Signer()
    let signature = try [UInt8](capacity: key.signatureLength) { (output) throws(JOSEError) in
      try signer.sign(message.span, with: key, into: &output)
    }
    guard try VerificationKey(.rs256, publicKey).isValid(signature.span, for: message.span) else {
      throw .invalidKey("the private and the public half don't belong together")
    }
  }

  /// `x`, `y` and `d` of RFC 7518 §6.2.
  package init(
    curve: KeyKind.EllipticCurve, x: [UInt8], y: [UInt8], d: SecretBytes
  ) throws(JOSEError) {
    guard d.count == curve.coordinateLength else {
      throw .invalidKey("d has \(d.count) bytes; \(curve.rawValue) needs \(curve.coordinateLength)")
    }
    var parameters = try KeyParameters()
    try parameters.add(curve, x: x, y: y)
    try parameters.add("priv", secret: d)
    try self.init(checked: parameters.key(ofType: "EC", selection: OPENSSL_SELECT_KEYPAIR))
  }

  /// `x` and `d` of RFC 8037 §2.
  package init(curve: KeyKind.EdwardsCurve, x: [UInt8], d: SecretBytes) throws(JOSEError) {
    let made = try d.withBytes { (bytes) throws(JOSEError) in
      try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(JOSEError) in
        let made = unsafe EVP_PKEY_new_raw_private_key_ex(
          nil, curve.openSSLName, nil, buffer.baseAddress, buffer.count)
        return unsafe KeyHandle(owning: try check(made, "read d as an \(curve.rawValue) key"))
      }
    }
    guard try made.rawPublicKey(length: curve.keyLength) == x else {
      throw .invalidKey("x is not the public half of d")
    }
    try self.init(made)
  }

  init(checked handle: KeyHandle) throws(JOSEError) {
    try KeyContext.checkPair(handle)
    try self.init(handle)
  }
}

extension KeyParameters {
  mutating func add(_ name: String, secret: SecretBytes) throws(JOSEError) {
    try secret.withBytes { (bytes) throws(JOSEError) in try add(name, integer: bytes) }
  }

  /// The curve and the public point in uncompressed form (SEC 1 §2.3.3).
  mutating func add(_ curve: KeyKind.EllipticCurve, x: [UInt8], y: [UInt8]) throws(JOSEError) {
    guard x.count == curve.coordinateLength, y.count == curve.coordinateLength else {
      throw .invalidKey(
        "x and y have \(x.count) and \(y.count) bytes; \(curve.rawValue) needs \(curve.coordinateLength) (RFC 7518 §6.2.1.2)"
      )
    }
    try add("group", text: curve.rawValue)
    try add("pub", octets: [4] + x + y)
  }
}
