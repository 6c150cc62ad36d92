public import JOSE
public import JWA

/// `kid`, key and algorithm as one value: a token can't carry another key's `kid`.
public struct RingSigningKey: Sendable {
  public let keyID: String
  public let key: SigningKey
  /// No token of this key may expire later: its own end.
  public internal(set) var notAfter: NumericDate?
  /// No token of this key may expire later for now: what the ring has reserved.
  public internal(set) var reservedUntil: NumericDate?

  /// Takes the `kid` from the key itself.
  public init(_ key: SigningKey) throws(KeyRingError) {
    guard let publicKey = key.publicKey else { throw .symmetricAlgorithm(key.algorithm) }
    do { keyID = try publicKey.thumbprint() } catch { throw .key(error) }
    self.key = key
  }

  public var algorithm: Algorithm { key.algorithm }

  /// What a ring publishes of it.
  public var newKey: NewKey? { key.publicKey.map { NewKey(key.algorithm, $0) } }

  public static func generate(_ algorithm: Algorithm) throws(KeyRingError) -> RingSigningKey {
    guard !algorithm.isSymmetric else { throw .symmetricAlgorithm(algorithm) }
    while true {
      let key: SigningKey
      do { key = try SigningKey.generate(algorithm) } catch { throw .key(.key(error)) }
      let ringKey = try RingSigningKey(key)
      // One in 64 thumbprints begins so, and command lines would take it for an option: of us, and of openssl.
      if !ringKey.keyID.hasPrefix("-") { return ringKey }
    }
  }

  /// The `exp` of a token that is issued now: never after the key's end, nor after what is reserved.
  public func expiry(_ wanted: NumericDate, at now: NumericDate) throws(KeyRingError) -> NumericDate {
    try Self.expiry(wanted, at: now, keyID: keyID, notAfter: notAfter, reservedUntil: reservedUntil)
  }

  /// The rule by itself, for those who check it without a private key.
  package static func expiry(
    _ wanted: NumericDate, at now: NumericDate, keyID: String, notAfter: NumericDate?, reservedUntil: NumericDate?
  ) throws(KeyRingError) -> NumericDate {
    let expiry = min(wanted, notAfter ?? wanted)
    guard expiry > now else { throw .keyEnded(keyID: keyID, at: expiry) }
    if let reservedUntil, expiry > reservedUntil { throw .reservationOver(keyID: keyID, until: reservedUntil) }
    return expiry
  }
}
