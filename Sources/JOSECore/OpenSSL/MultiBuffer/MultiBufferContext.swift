import COpenSSL
import SystemSupport

/// The eight lanes of one kind: what waits in them to be signed, and then the signatures. It is one thread's.
@safe
final class MultiBufferContext {
  let kind: MultiBufferKeyKind
  let library: MultiBufferLibrary
  private(set) var waiting: [Waiting] = []
  /// Hash values; for Ed25519 messages.
  private(set) var inputs: MultiBufferMemory
  let signatures: MultiBufferMemory
  let pointers = MultiBufferPointers(columns: 8)
  let nonces: Nonces?
  let rsa: RSAContext?

  struct Waiting {
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
    waiting.reserveCapacity(MultiBufferKeyKind.slotCount)
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

  var isFull: Bool { waiting.count == MultiBufferKeyKind.slotCount }

  /// Ed25519 reads the message itself, and all lanes have room for the longest one that there has been.
  func takes(_ message: Span<UInt8>, _ key: SigningKey) -> Bool {
    key.algorithm.digest != nil || message.count <= 1 << 16
  }

  /// - Parameter input: the hash value of the message; for Ed25519 the message.
  func add(_ input: Span<UInt8>, _ key: SigningKey, _ multiBufferKey: MultiBufferKey, ticket: Int) {
    precondition(!isFull && multiBufferKey.kind == kind, "a lane of this kind for the key")
    if input.count > inputs.length { widen(to: input.count) }
    inputs.write(input, to: waiting.count)
    waiting.append(
      Waiting(ticket: ticket, key: key, multiBufferKey: multiBufferKey, inputLength: input.count))
  }

  func withInput<Result>(
    _ lane: Int, _ body: (Span<UInt8>) throws(JWAError) -> Result
  ) throws(JWAError) -> Result {
    try inputs.withBytes(lane, first: waiting[lane].inputLength, body)
  }

  func removeAll() { waiting.removeAll(keepingCapacity: true) }

  private func widen(to length: Int) {
    let wider = MultiBufferMemory(length: 2 * length)
    for lane in waiting.indices { inputs.withBytes(lane) { wider.write($0, to: lane) } }
    inputs = wider
  }
}

/// Which lanes of a call have made no signature.
struct FailedSlots {
  fileprivate(set) var bits: UInt8 = 0

  static let all = FailedSlots(bits: .max)

  func contains(_ lane: Int) -> Bool { bits >> lane & 1 == 1 }
  mutating func insert(_ lane: Int) { bits |= 1 << lane }
}

extension MultiBufferContext {
  /// Signs what waits, all at once. The caller signs what failed by OpenSSL.
  func sign() throws(JWAError) -> FailedSlots {
    pointers.clear()
    switch kind {
    case .p256: return unsafe try signECDSA(library.signP256)
    case .p384: return unsafe try signECDSA(library.signP384)
    case .ed25519: return signEd25519()
    case .rsa: return try signRSA()
    }
  }

  /// Four bits of the status tell how it went for a lane.
  func failed(_ status: MultiBufferLibrary.Status) -> FailedSlots {
    var failed = FailedSlots()
    for lane in waiting.indices where status >> (4 * UInt32(lane)) & 0xf != 0 { failed.insert(lane) }
    return failed
  }
}
