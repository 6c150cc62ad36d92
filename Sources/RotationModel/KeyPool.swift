package import JOSECore
import KeyRotation
import SystemSupport

/// Public keys made once, so that no key is generated while searching. A key that nothing remembers is used again.
///
/// Their bytes come from a generator with a fixed seed: any 32 bytes pass for an Ed25519 key as long as nobody verifies
/// with it, and the same run sees the same keys.
package final class KeyPool: Sendable {
  /// Both take Ed25519 keys, so that a policy can change its algorithms.
  package static let algorithms: [Algorithm] = [.edDSA, .ed25519]

  let keys: [NewKey]
  let keyIDs: [String]
  private let indices: [String: Int]

  package convenience init() throws(JOSEError) { try self.init(for: Self.algorithms) }

  /// As many keys for each algorithm as there is room for. On the curves of NIST not every number is a point, so those
  /// keys are really made, and differ from run to run; nothing depends on what they are.
  package init(for algorithms: [Algorithm]) throws(JOSEError) {
    var random = SplitMix64(seed: 0x6964_746F_6B65_6E)
    var (keys, keyIDs, indices): ([NewKey], [String], [String: Int]) = ([], [], [:])
    for index in 0..<KeySet.capacity {
      let algorithm = algorithms[index % algorithms.count]
      let key: PublicKey
      key = try Self.publicKey(algorithm, &random)
      keyIDs.append(try key.thumbprint())
      indices[keyIDs[index]] = index
      keys.append(NewKey(algorithm, key))
    }
    (self.keys, self.keyIDs, self.indices) = (keys, keyIDs, indices)
  }

  private static func publicKey(_ algorithm: Algorithm, _ random: inout SplitMix64) throws(JOSEError)
    -> PublicKey
  {
    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) } }
    switch algorithm {
    case .edDSA, .ed25519: return try PublicKey(.okp(.ed25519, x: bytes(32)))
    case .ed448: return try PublicKey(.okp(.ed448, x: bytes(57)))
    case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512:
      return try PublicKey(.rsa(n: [0x80] + bytes(254) + [1], e: [1, 0, 1]))
    default:
      guard let key = try SigningKey.generate(algorithm).publicKey else {
        throw .wrongKeyType(algorithm: algorithm)
      }
      return key
    }
  }

  package func index(of keyID: String) -> Int? { indices[keyID] }

  func key(_ index: Int, endingAt end: Int64?) -> NewKey {
    NewKey(keys[index].algorithm, keys[index].publicKey, notAfter: end.map { NumericDate($0) })
  }

  /// The first key for an algorithm that isn't taken.
  func key(for algorithm: Algorithm, notIn taken: KeySet) -> Int? {
    keys.indices.first { keys[$0].algorithm == algorithm && !taken.contains($0) }
  }
}

/// Keys by their places in the pool.
package struct KeySet: Hashable, Sendable {
  static let capacity = 128
  private var bits: UInt128 = 0

  package init() {}

  package func contains(_ index: Int) -> Bool { bits & (1 << UInt128(index)) != 0 }
  package mutating func insert(_ index: Int) { bits |= 1 << UInt128(index) }
  package mutating func formUnion(_ other: KeySet) { bits |= other.bits }
  package var count: Int { bits.nonzeroBitCount }
  package var indices: [Int] { (0..<Self.capacity).filter(contains) }
}
