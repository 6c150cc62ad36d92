import COpenSSL
import SystemSupport

/// The eight slots of one kind: what waits in them to be signed, and then the signatures. It is one thread's.
@safe
final class MultiBufferContext {
  let kind: MultiBufferKeyKind
  let library: MultiBufferLibrary
  private(set) var pending: [Pending] = []
  /// Hash values; for Ed25519 messages.
  private(set) var inputs: MultiBufferMemory
  let signatures: MultiBufferMemory
  let pointers = MultiBufferPointers(columns: 8)
  let nonces: Nonces?
  let rsa: RSAContext?

  struct Pending {
    /// The caller's number for it.
    let ticket: Int
    let key: SigningKey
    let multiBufferKey: MultiBufferKey
    let inputLength: Int
  }

  /// `nil` where no memory can be locked for the nonces, or the library has no method for the modulus.
  init?(_ kind: MultiBufferKeyKind, _ library: MultiBufferLibrary) {
    (self.kind, self.library) = (kind, library)
    signatures = MultiBufferMemory(length: kind.signatureLength)
    pending.reserveCapacity(MultiBufferKeyKind.slotCount)
    inputs = MultiBufferMemory(length: kind == .ed25519 ? 2048 : 64)
    switch kind {
    case .p256, .p384:
      guard let nonces = Nonces(kind) else { return nil }
      (self.nonces, rsa) = (nonces, nil)
    case .ed25519: (nonces, rsa) = (nil, nil)
    case .rsa(let bits):
      guard let rsa = RSAContext(bits, library) else { return nil }
      (nonces, self.rsa) = (nil, rsa)
    }
  }

  var isFull: Bool { pending.count == MultiBufferKeyKind.slotCount }

  /// Ed25519 reads the message itself, and all slots have room for the longest one that there has been.
  func takes(_ message: Span<UInt8>, _ key: SigningKey) -> Bool {
    key.algorithm.digest != nil || message.count <= 1 << 16
  }

  /// - Parameter input: the hash value of the message; for Ed25519 the message.
  func add(_ input: Span<UInt8>, _ key: SigningKey, _ multiBufferKey: MultiBufferKey, ticket: Int) {
    precondition(!isFull && multiBufferKey.kind == kind, "a slot of this kind for the key")
    if input.count > inputs.length { widen(to: input.count) }
    inputs.write(input, to: pending.count)
    pending.append(
      Pending(ticket: ticket, key: key, multiBufferKey: multiBufferKey, inputLength: input.count))
  }

  func withInput<Result>(
    _ slot: Int, _ body: (Span<UInt8>) throws(JOSEError) -> Result
  ) throws(JOSEError) -> Result {
    try inputs.withBytes(slot, first: pending[slot].inputLength, body)
  }

  func removeAll() { pending.removeAll(keepingCapacity: true) }

  private func widen(to length: Int) {
    let wider = MultiBufferMemory(length: 2 * length)
    for slot in pending.indices { inputs.withBytes(slot) { wider.write($0, to: slot) } }
    inputs = wider
  }
}

/// Which slots of a call have made no signature.
struct FailedSlots {
  fileprivate(set) var bits: UInt8 = 0

  static let all = FailedSlots(bits: .max)

  func contains(_ slot: Int) -> Bool { bits >> slot & 1 == 1 }
  mutating func insert(_ slot: Int) { bits |= 1 << slot }
}

extension MultiBufferContext {
  /// Signs what is pending, all at once. OpenSSL has to sign what failed.
  func sign() throws(JOSEError) -> FailedSlots {
    pointers.clear()
    var failed =
      switch kind {
      case .p256: unsafe try signECDSA(library.signP256)
      case .p384: unsafe try signECDSA(library.signP384)
      case .ed25519: signEd25519()
      case .rsa: try signRSA()
      }
    insertDamagedKeys(into: &failed)
    return failed
  }

  /// After signing, so that damage done meanwhile is found as well.
  private func insertDamagedKeys(into failed: inout FailedSlots) {
    // Usually all are one key's.
    var isDamaged = false
    for slot in pending.indices {
      let key = pending[slot].multiBufferKey
      if slot == 0 || key !== pending[slot - 1].multiBufferKey { isDamaged = !key.isIntact }
      if isDamaged { failed.insert(slot) }
    }
  }

  /// Four bits of the status tell how it went for a slot.
  func failed(_ status: MultiBufferLibrary.Status) -> FailedSlots {
    var failed = FailedSlots()
    for slot in pending.indices where status >> (4 * UInt32(slot)) & 0xf != 0 { failed.insert(slot) }
    return failed
  }
}

extension MultiBufferContext {
  /// FIPS 186-5 §6.4.1, on each slot with a nonce of its own.
  func signECDSA(_ function: MultiBufferLibrary.ECDSASign) throws(JOSEError) -> FailedSlots {
    guard let nonces else { return .all }
    defer { nonces.wipe() }
    try nonces.draw(pending, inputs)
    for slot in pending.indices {
      unsafe pointers[0][slot] = signatures.pointer(slot)
      unsafe pointers[1][slot] = signatures.pointer(slot) + kind.componentLength
      unsafe pointers[2][slot] = inputs.pointer(slot)
      unsafe pointers[3][slot] = nonces.pointer(slot)
      unsafe pointers[4][slot] = pending[slot].multiBufferKey.pointer(to: 0)
    }
    return failed(unsafe function(pointers[0], pointers[1], pointers[2], pointers[3], pointers[4], nil))
  }

  /// RFC 8032 §5.1.6.
  func signEd25519() -> FailedSlots {
    var lengths = InlineArray<8, UInt32>(repeating: 0)
    for slot in pending.indices {
      unsafe pointers[0][slot] = signatures.pointer(slot)
      unsafe pointers[1][slot] = signatures.pointer(slot) + kind.componentLength
      unsafe pointers[2][slot] = inputs.pointer(slot)
      lengths[slot] = UInt32(pending[slot].inputLength)
      unsafe pointers[3][slot] = pending[slot].multiBufferKey.pointer(to: 0)
      unsafe pointers[4][slot] = pending[slot].multiBufferKey.pointer(to: 1)
    }
    let status = unsafe lengths.span.withUnsafeBufferPointer { lengths -> MultiBufferLibrary.Status in
      guard let lengths = lengths.baseAddress else { return .max }
      return unsafe library.signEd25519(
        pointers[0], pointers[1], pointers[2], lengths, pointers[3], pointers[4])
    }
    return failed(status)
  }
}
