import COpenSSL
import Synchronization
import SystemSupport

/// A private key's numbers as the library reads them: little-endian, in memory that is locked and wiped.
///
/// They are there twice. Where the two differ, the memory has been damaged, and signatures made with it are wrong: a
/// wrong one gives an Ed25519 or RSA key away.
@safe
final class MultiBufferKey: @unchecked Sendable {
  let kind: MultiBufferKeyKind
  private let memory: LockedMemory
  private let parts: [Range<Int>]
  private let numbers: Range<Int>

  /// The private scalar on a curve of NIST's (RFC 7518 §6.2.2.1) and the secret for its nonces, or the private and the public key of Ed25519 (RFC 8037 §2),
  /// or p, q, dp, dq, q⁻¹ mod p (RFC 7518 §6.3.2) and n.
  init(_ kind: MultiBufferKeyKind, _ key: KeyHandle) throws(MultiBufferUnavailable) {
    self.kind = kind
    (parts, numbers) = (kind.keyParts, 0..<(kind.keyParts.last?.upperBound ?? 0))
    guard let memory = LockedMemory(byteCount: 2 * numbers.count) else { throw .noLockedMemory }
    self.memory = memory
    switch kind {
    case .p256, .p384:
      try write(key, "priv", to: 0)
      do throws(JOSEError) { try writeNonceSecret() } catch { throw .unusual("\(error)") }
    case .ed25519: try writeEd25519(key)
    case .rsa(let bits): try writeRSA(key, bits)
    }
    unsafe self.memory.bytes(secondCopy).copyMemory(
      from: UnsafeRawBufferPointer(self.memory.bytes(numbers)))
  }

  private var secondCopy: Range<Int> { numbers.upperBound..<(2 * numbers.upperBound) }

  /// Whether the numbers are as they were read. In constant time.
  var isIntact: Bool {
    memory.withBytes(numbers) { first in
      memory.withBytes(secondCopy) { second in first.isEqualInConstantTime(to: second) }
    }
  }

  /// z of `Nonces`. It is no nonce itself, so a forked child may go on with it.
  @unsafe
  var nonceSecret: UnsafeRawPointer? { unsafe pointer(to: 1).map { UnsafeRawPointer($0) } }
  static let nonceSecretLength = 32

  /// Good for as long as the key is.
  @unsafe
  func pointer(to part: Int) -> UnsafeMutableRawPointer? { unsafe memory.bytes(parts[part]).baseAddress }
}

/// Why OpenSSL makes a key's signatures although the library is there.
enum MultiBufferUnavailable: Error, Equatable, CustomStringConvertible {
  case unusual(String)
  case noLockedMemory
  case failedTest(slot: Int)
  /// In another thread, which takes a few milliseconds.
  case beingTested

  var description: String {
    switch self {
    case .unusual(let what): "the key is unusual: \(what)"
    case .noLockedMemory: "the system locks no more memory for this process; raise the limit (ulimit -l)"
    case .failedTest(let slot): "signature \(slot + 1) of 8 of a known message did not verify"
    case .beingTested: "its first signatures are being tested"
    }
  }
}

extension MultiBufferKeyKind {
  fileprivate var keyParts: [Range<Int>] {
    let lengths =
      switch self {
      case .p256, .p384: [componentLength, 64]
      case .ed25519: [32, 32]
      case .rsa(let bits): Array(repeating: bits / 16, count: 5) + [bits / 8]
      }
    var end = 0
    return lengths.map { length in
      defer { end += length }
      return end..<(end + length)
    }
  }
}

extension MultiBufferKey {
  /// Part number of n.
  static let modulus = 5

  /// SHA-512("nonce" ‖ d), of which the first half is used: d itself is hashed for nothing else.
  private func writeNonceSecret() throws(JOSEError) {
    var hash = try DigestContext()
    try hash.begin(.sha512)
    try hash.update(Array("nonce".utf8).span)
    try memory.withBytes(parts[0]) { (scalar) throws(JOSEError) in try hash.update(scalar) }
    try unsafe hash.finish(into: memory.bytes(parts[1]))
  }

  private func writeEd25519(_ key: KeyHandle) throws(MultiBufferUnavailable) {
    var lengths = (32, 32)
    guard unsafe EVP_PKEY_get_raw_private_key(key.pointer, bytes(0), &lengths.0) == 1,
      unsafe EVP_PKEY_get_raw_public_key(key.pointer, bytes(1), &lengths.1) == 1, lengths == (32, 32)
    else { throw .unreadable("d") }
  }

  private func writeRSA(_ key: KeyHandle, _ bits: Int) throws(MultiBufferUnavailable) {
    guard (try? key.component("e")) == [1, 0, 1] else { throw .unusual("its public exponent is not 65537") }
    var third: OpaquePointer?
    let hasThree = unsafe EVP_PKEY_get_bn_param(key.pointer, "rsa-factor3", &third) == 1
    unsafe BN_clear_free(third)
    ERR_clear_error()
    guard !hasThree else { throw .unusual("it has more than two primes") }
    for (part, name) in [
      "rsa-factor1", "rsa-factor2", "rsa-exponent1", "rsa-exponent2", "rsa-coefficient1", "n",
    ].enumerated() {
      let exactly: Int? = name.hasPrefix("rsa-factor") ? bits / 2 : nil
      try write(key, name, to: part, bits: exactly)
    }
  }

  private func write(_ key: KeyHandle, _ name: String, to part: Int, bits: Int? = nil)
    throws(MultiBufferUnavailable)
  {
    // OpenSSL writes into a number that is there; a secure one is wiped.
    var number = unsafe BN_secure_new()
    defer { unsafe BN_clear_free(number) }
    guard unsafe EVP_PKEY_get_bn_param(key.pointer, name, &number) == 1 else { throw .unreadable(name) }
    if let bits, unsafe BN_num_bits(number) != bits {
      throw .unusual("its primes are not of \(bits) bits each")
    }
    let length = Int32(parts[part].count)
    guard unsafe BN_bn2lebinpad(number, bytes(part), length) == length else { throw .unreadable(name) }
  }

  @unsafe
  private func bytes(_ part: Int) -> UnsafeMutablePointer<UInt8>? {
    unsafe pointer(to: part)?.assumingMemoryBound(to: UInt8.self)
  }
}

extension MultiBufferUnavailable {
  fileprivate static func unreadable(_ name: String) -> MultiBufferUnavailable {
    ERR_clear_error()
    return .unusual("OpenSSL does not give its \(name)")
  }
}

/// What signs together: eight keys of one kind, whichever algorithms and apps they are for.
package enum MultiBufferKeyKind: Hashable, Sendable {
  case p256, p384, ed25519
  case rsa(bits: Int)
}

extension MultiBufferKeyKind: CaseIterable {
  package static let allCases: [MultiBufferKeyKind] =
    [.p256, .p384, .ed25519] + modulusLengths.map { .rsa(bits: $0) }
  /// The moduli that the library has methods for, in bits.
  private static let modulusLengths = [2048, 3072, 4096]

  /// How many are signed at once.
  package static let slotCount = 8

  /// The fewest signatures that the library makes sooner than OpenSSL 3.0 makes them one after the other: eight at
  /// once take as long as two on P-256, as 1.1 on Ed25519, as 2.3 with RSA, and as a fifth of one on P-384.
  package var worthwhile: Int {
    switch self {
    case .p256, .rsa: 3
    case .ed25519: 2
    case .p384: 1
    }
  }

  /// Bytes of r or s, of R or S, or of an RSA signature.
  var componentLength: Int {
    switch self {
    case .p256, .ed25519: 32
    case .p384: 48
    case .rsa(let bits): bits / 8
    }
  }

  var signatureLength: Int {
    if case .rsa = self { componentLength } else { 2 * componentLength }
  }
}

extension MultiBufferKeyKind {
  /// `nil` where the library has nothing for it: P-521, Ed448 and unusual moduli.
  init?(_ key: KeyKind) {
    switch key {
    case .ec(.p256): self = .p256
    case .ec(.p384): self = .p384
    case .okp(.ed25519): self = .ed25519
    case .rsa(let bits) where Self.modulusLengths.contains(bits): self = .rsa(bits: bits)
    default: return nil
    }
  }
}

/// Where a signing key keeps what the library needs of it: made when it is first asked for, wiped with the key.
final class MultiBufferKeyCache: Sendable {
  private struct Made {
    let multiBuffer: MultiBufferSigner
    let result: Result<MultiBufferKey, MultiBufferUnavailable>
  }

  private let made = Mutex<Made?>(nil)
  /// Held for milliseconds, and for good in the child of a process that forks meanwhile: nobody waits for it.
  private let making = Mutex<Void>(())

  func key(
    _ multiBuffer: MultiBufferSigner, _ make: () -> Result<MultiBufferKey, MultiBufferUnavailable>
  ) -> Result<MultiBufferKey, MultiBufferUnavailable> {
    if let result = result(multiBuffer) { return result }
    let new = making.withLockIfAvailable { _ in
      // Who held it may have just made it.
      if let result = result(multiBuffer) { return result }
      let result = make()
      made.withLock { $0 = Made(multiBuffer: multiBuffer, result: result) }
      return result
    }
    return new ?? .failure(.beingTested)
  }

  private func result(_ multiBuffer: MultiBufferSigner) -> Result<MultiBufferKey, MultiBufferUnavailable>? {
    made.withLock { made in
      guard let made, made.multiBuffer === multiBuffer else { return nil }
      return made.result
    }
  }
}
