package import JOSECore

/// `kid`, key and algorithm as one value: a token can't carry another key's `kid`.
package struct RingSigningKey: Sendable {
  package let keyID: String
  /// RFC 7638.
  package let thumbprint: String
  package let key: SigningKey
  /// No token of this key may expire later: its own end.
  package internal(set) var notAfter: NumericDate?
  /// The latest `exp` that the ring has reserved so far. A rotator moves it on.
  package internal(set) var reservedUntil: NumericDate?
  /// The longest lifetime of a token, by the ring's policy. Seconds.
  var longestLifetime = Int64.max

  /// Takes the `kid` from the key itself.
  ///
  /// - Parameters:
  ///   - keyID: of a key from elsewhere that verifiers know by another name: 1 to 128 visible ASCII characters.
  ///   - notAfter: the end of a key that has one; no token of it expires later.
  package init(_ key: SigningKey, keyID: String? = nil, notAfter: NumericDate? = nil) throws(KeyRingError) {
    guard let publicKey = key.publicKey else { throw .symmetricAlgorithm(key.algorithm) }
    do { thumbprint = try publicKey.thumbprint() } catch { throw .key(error) }
    if let keyID,
      !(1...128).contains(keyID.utf8.count) || !keyID.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    {
      throw .unusableKeyID(keyID)
    }
    self.keyID = keyID ?? thumbprint
    (self.key, self.notAfter) = (key, notAfter)
  }

  /// What a store gave for a key of its ring.
  ///
  /// - Parameter path: where it was read, for the error.
  package init(_ key: SigningKey, for ringKey: RingKey, at path: String) throws(KeyRingError) {
    try self.init(key, keyID: ringKey.keyID, notAfter: ringKey.notAfter)
    guard thumbprint == ringKey.thumbprint else {
      throw .privateKey(
        path: path, reason: "it is key \(thumbprint), and the manifest expects \(ringKey.thumbprint)")
    }
    guard algorithm == ringKey.algorithm else {
      throw .privateKey(
        path: path, reason: "it is for \(algorithm), and the manifest expects \(ringKey.algorithm)")
    }
  }

  package var algorithm: Algorithm { key.algorithm }

  /// What a ring publishes of it.
  package var newKey: NewKey? {
    key.publicKey.map {
      NewKey(key.algorithm, $0, keyID: keyID == thumbprint ? nil : keyID, notAfter: notAfter)
    }
  }

  package static func generate(_ algorithm: Algorithm) throws(KeyRingError) -> RingSigningKey {
    guard !algorithm.isSymmetric else { throw .symmetricAlgorithm(algorithm) }
    while true {
      let key: SigningKey
      do { key = try SigningKey.generate(algorithm) } catch { throw .key(error) }
      let ringKey = try RingSigningKey(key)
      // One in 64 thumbprints begins so, and command lines would take it for an option: of us, and of openssl.
      if !ringKey.keyID.hasPrefix("-") { return ringKey }
    }
  }

  /// The `exp` of a token that is issued now: never after the key's end, nor after what is reserved.
  package func expiry(_ wanted: NumericDate, at now: NumericDate) throws(KeyRingError) -> NumericDate {
    guard wanted.seconds(since: now) <= longestLifetime else {
      throw .lifetimeTooLong(wanted.seconds(since: now), longest: longestLifetime)
    }
    return try Self.expiry(wanted, at: now, keyID: keyID, notAfter: notAfter, reservedUntil: reservedUntil)
  }

  /// Up to when `expiry` gives tokens of a lifetime what they want.
  package func latestExpiry(of lifetime: Int64) -> NumericDate {
    guard lifetime <= longestLifetime else { return NumericDate(.min) }
    return min(notAfter ?? NumericDate(.max), reservedUntil ?? NumericDate(.max))
  }

  /// The rule by itself, for callers without a private key.
  package static func expiry(
    _ wanted: NumericDate, at now: NumericDate, keyID: String, notAfter: NumericDate?,
    reservedUntil: NumericDate?
  ) throws(KeyRingError) -> NumericDate {
    let expiry = min(wanted, notAfter ?? wanted)
    guard expiry > now else { throw .keyEnded(keyID: keyID, at: expiry) }
    if let reservedUntil, expiry > reservedUntil {
      throw .reservationOver(keyID: keyID, until: reservedUntil)
    }
    return expiry
  }
}

extension [RingSigningKey] {
  var byThumbprint: [String: SigningKey] { reduce(into: [:]) { $0[$1.thumbprint] = $1.key } }
}
