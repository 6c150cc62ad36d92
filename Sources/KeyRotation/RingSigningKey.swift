import JOSE
public import JWA

/// `kid`, key and algorithm as one value: a token can't carry another key's `kid`.
public struct RingSigningKey: Sendable {
  public let keyID: String
  public let key: SigningKey

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
    let key: SigningKey
    do { key = try SigningKey.generate(algorithm) } catch { throw .key(.key(error)) }
    return try RingSigningKey(key)
  }
}
