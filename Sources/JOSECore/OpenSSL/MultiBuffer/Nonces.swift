import COpenSSL
import SystemSupport

/// The secret numbers of ECDSA, one for each signature.
///
/// Each is k = H(z ‖ H(m) ‖ random), with the hash that is as long as the order n: SHA-256 or SHA-384. It is drawn
/// again unless it is in [1, n−1] (FIPS 186-5 §A.3.2). There are as many random bytes as k has, so k is as uniform as
/// they are. The key's secret z and the message keep two messages from sharing a nonce even where the generator
/// repeats itself, as it does when a machine is restored twice from one snapshot: two signatures with one nonce give
/// the private key away.
///
/// All of it is in locked memory that a forked child gets as zeros, and is wiped after use.
@safe
final class Nonces {
  private let memory: LockedMemory
  private let order: [UInt64]
  /// Bytes of k, of a hash value and of the random bytes for one signature.
  private let length: Int
  private let digest: MessageDigest
  private var hash: DigestContext
  /// OpenSSL's private generator; tests take another one.
  var fillRandomly: (UnsafeMutableRawBufferPointer) throws(JOSEError) -> Void = unsafe Nonces.fillPrivately

  /// `nil` where the system locks no more memory, or OpenSSL has none.
  init?(_ kind: MultiBufferKeyKind) {
    order = kind == .p384 ? Self.orderOfP384 : Self.orderOfP256
    digest = kind == .p384 ? .sha384 : .sha256
    length = order.count * 8
    // The nonces, the random bytes for them, and what is hashed for one of them.
    let byteCount = 2 * MultiBufferKeyKind.slotCount * length + MultiBufferKey.nonceSecretLength + 2 * length
    guard let memory = LockedMemory(byteCount: byteCount, afterFork: .zeroed),
      let hash = try? DigestContext()
    else { return nil }
    self.memory = memory
    self.hash = hash
  }

  /// Makes a nonce for each of the signatures of a call.
  ///
  /// - Parameter inputs: the messages' hash values, by slot.
  func draw(_ pending: [MultiBufferContext.Pending], _ inputs: borrowing MultiBufferMemory) throws(JOSEError)
  {
    try unsafe fillRandomly(memory.bytes(randomBytes(0).lowerBound..<randomBytes(pending.count).lowerBound))
    for slot in pending.indices {
      try unsafe derive(slot, pending[slot].multiBufferKey, inputs.pointer(slot))
      while !isInRange(slot) {
        try unsafe fillRandomly(memory.bytes(randomBytes(slot)))
        try unsafe derive(slot, pending[slot].multiBufferKey, inputs.pointer(slot))
      }
    }
  }

  @unsafe
  private func derive(
    _ slot: Int, _ key: borrowing MultiBufferKey, _ input: UnsafeRawPointer
  ) throws(JOSEError) {
    let start = 2 * MultiBufferKeyKind.slotCount * length
    let hashed = start..<(start + MultiBufferKey.nonceSecretLength + 2 * length)
    if let bytes = unsafe memory.bytes(hashed).baseAddress,
      let secret = unsafe key.nonceSecret, let random = unsafe memory.bytes(randomBytes(slot)).baseAddress
    {
      unsafe bytes.copyMemory(from: secret, byteCount: MultiBufferKey.nonceSecretLength)
      unsafe (bytes + MultiBufferKey.nonceSecretLength).copyMemory(from: input, byteCount: length)
      unsafe (bytes + MultiBufferKey.nonceSecretLength + length).copyMemory(from: random, byteCount: length)
    }
    try hash.begin(digest)
    try memory.withBytes(hashed) { (bytes) throws(JOSEError) in try hash.update(bytes) }
    try unsafe hash.finish(into: memory.bytes(value(slot)))
  }

  /// Also the context, in which OpenSSL keeps the last block that it hashed.
  func wipe() {
    memory.wipe()
    hash.reset()
  }

  @unsafe
  func pointer(_ slot: Int) -> UnsafeMutableRawPointer? { unsafe memory.bytes(value(slot)).baseAddress }

  private func value(_ slot: Int) -> Range<Int> { (slot * length)..<((slot + 1) * length) }

  private func randomBytes(_ slot: Int) -> Range<Int> { value(MultiBufferKeyKind.slotCount + slot) }

  private static func fillPrivately(_ bytes: UnsafeMutableRawBufferPointer) throws(JOSEError) {
    try unsafe check(
      RAND_priv_bytes(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(bytes.count)),
      "make nonces")
  }

  /// Without a branch on the number: it is below n where k − n ends with a borrow, and k isn't 0.
  func isInRange(_ slot: Int) -> Bool {
    let words = unsafe memory.bytes(value(slot)).assumingMemoryBound(to: UInt64.self)
    var (borrow, any): (UInt64, UInt64) = (0, 0)
    for index in order.indices {
      let word = unsafe UInt64(littleEndian: words[index])
      let (first, over) = word.subtractingReportingOverflow(order[index])
      let under = first.subtractingReportingOverflow(borrow).overflow
      borrow = (over ? 1 : 0) | (under ? 1 : 0)
      any |= word
    }
    return borrow == 1 && any != 0
  }

  // n of SP 800-186 §3.2.1.3 and §3.2.1.4, the least significant word first.
  private static let orderOfP256: [UInt64] = [
    0xf3b9_cac2_fc63_2551, 0xbce6_faad_a717_9e84, 0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000,
  ]
  private static let orderOfP384: [UInt64] = [
    0xecec_196a_ccc5_2973, 0x581a_0db2_48b0_a77a, 0xc763_4d81_f437_2ddf,
    0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff,
  ]
}
