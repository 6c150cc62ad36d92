import COpenSSL
import SystemSupport

/// The secret numbers of ECDSA, one for each signature: uniform in [1, n−1] by rejection (FIPS 186-5 §A.3.2), from
/// OpenSSL's private generator, and wiped when they have been used.
@safe
final class Nonces {
  private let memory: LockedMemory
  private let order: [UInt64]

  /// `nil` where the system locks no more memory.
  init?(_ kind: MultiBufferKeyKind) {
    order = kind == .p384 ? Self.orderOfP384 : Self.orderOfP256
    guard let memory = LockedMemory(byteCount: MultiBufferKeyKind.slotCount * order.count * 8) else {
      return nil
    }
    self.memory = memory
  }

  /// New ones for the first `count` lanes.
  func draw(_ count: Int) throws(JWAError) {
    try fill(0..<(count * order.count * 8))
    for lane in 0..<count {
      while !isInRange(lane) { try fill(bytes(of: lane)) }
    }
  }

  func wipe() { memory.wipe() }

  @unsafe
  func pointer(_ lane: Int) -> UnsafeMutableRawPointer? { unsafe memory.bytes(bytes(of: lane)).baseAddress }

  private func bytes(of lane: Int) -> Range<Int> {
    let length = order.count * 8
    return (lane * length)..<((lane + 1) * length)
  }

  private func fill(_ range: Range<Int>) throws(JWAError) {
    let bytes = unsafe memory.bytes(range)
    try unsafe check(
      RAND_priv_bytes(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(bytes.count)),
      "make nonces")
  }

  /// Without a branch on the number: it is below n where n − k ends with no borrow, and k isn't 0.
  func isInRange(_ lane: Int) -> Bool {
    let words = unsafe memory.bytes(bytes(of: lane)).assumingMemoryBound(to: UInt64.self)
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
