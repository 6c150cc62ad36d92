/// Makes many signatures at once for one thread: it gathers messages by the kind of their keys and signs eight of a
/// kind together, in the processor's vector lanes where there are any.
///
/// It is not shared, as a `Signer` is not.
package struct BatchSigner: ~Copyable, @unchecked Sendable {
  private var signer: Signer
  private let multiBuffer: MultiBufferSigner
  private var contexts: [MultiBufferKeyKind: MultiBufferContext] = [:]
  private var entries: [ObjectIdentifier: Entry] = [:]

  /// Where a key's messages wait. It holds the key, so an identity can't come back for another one.
  private struct Entry {
    let key: SigningKey
    /// `nil` where OpenSSL signs.
    let target: (context: MultiBufferContext, multiBufferKey: MultiBufferKey)?
  }

  package init(_ multiBuffer: MultiBufferSigner) throws(JOSEError) {
    signer = try Signer()
    self.multiBuffer = multiBuffer
  }

  package enum Addition {
    case waits
    /// Eight of a kind wait: time to sign them.
    case full(MultiBufferKeyKind)
    /// The library has nothing for this key: it signs alone.
    case refused
  }

  /// Takes a message in, to be signed with the others of its kind.
  ///
  /// - Parameter ticket: the caller's number for it, which comes back with the signature.
  package mutating func add(
    _ message: Span<UInt8>, with key: SigningKey, resuming prefix: HashMidstate? = nil, ticket: Int
  ) throws(JOSEError) -> Addition {
    guard key.multiBufferKind != nil, case (let context, let multiBufferKey)? = target(key),
      context.takes(message, key)
    else {
      return .refused
    }
    try signer.withHash(of: message, with: key, resuming: prefix) { (input) throws(JOSEError) in
      context.add(input, key, multiBufferKey, ticket: ticket)
    }
    return context.isFull ? .full(context.kind) : .waits
  }

  /// Signs what waits of a kind, and hands each signature out with its ticket.
  package mutating func sign(
    _ kind: MultiBufferKeyKind, _ deliver: (_ ticket: Int, Span<UInt8>) throws(JOSEError) -> Void
  ) throws(JOSEError) {
    guard let context = contexts[kind] else { return }
    defer { context.removeAll() }
    let isTogether = context.pending.count >= kind.worthwhile
    let failed = isTogether ? try context.sign() : .all
    for (slot, waiting) in context.pending.enumerated() {
      if failed.contains(slot) { try signAlone(context, slot) }
      try context.signatures.withBytes(slot) { (bytes) throws(JOSEError) in try deliver(waiting.ticket, bytes)
      }
    }
    if isTogether { multiBuffer.count(failed, of: context.pending.count) }
  }

  /// Appends the signature of a single message to `signature`, as a `Signer` does.
  package mutating func sign(
    _ message: Span<UInt8>, with key: SigningKey, resuming prefix: HashMidstate? = nil,
    into signature: inout OutputSpan<UInt8>
  ) throws(JOSEError) {
    // The signer refuses a buffer that is too short. Waiting messages keep their entries.
    guard let kind = key.multiBufferKind, kind.worthwhile == 1, signature.freeCapacity >= key.signatureLength,
      contexts[kind]?.pending.isEmpty ?? true,
      case .waits = try add(message, with: key, resuming: prefix, ticket: 0)
    else { return try signer.sign(message, with: key, resuming: prefix, into: &signature) }
    try sign(kind) { (_, bytes) throws(JOSEError) in signature.append(bytes) }
  }

  /// Signs all that waits, of whatever kind.
  package mutating func signAll(
    _ deliver: (_ ticket: Int, Span<UInt8>) throws(JOSEError) -> Void
  ) throws(JOSEError) {
    for context in contexts.values where !context.pending.isEmpty { try sign(context.kind, deliver) }
  }

  /// Forgets what waits.
  package mutating func removeAll() { for context in contexts.values { context.removeAll() } }
}

extension BatchSigner {
  /// What OpenSSL makes of a message that waits, in place of what the library made of it.
  private mutating func signAlone(_ context: MultiBufferContext, _ slot: Int) throws(JOSEError) {
    let key = context.pending[slot].key
    try context.signatures.fill(slot) { (output) throws(JOSEError) in
      try context.withInput(slot) { (input) throws(JOSEError) in
        try signer.signHashed(input, with: key, into: &output)
      }
    }
  }

  private mutating func target(_ key: SigningKey) -> (
    context: MultiBufferContext, multiBufferKey: MultiBufferKey
  )? {
    if let entry = entries[ObjectIdentifier(key)] { return entry.target }
    // Rotation leaves old keys behind; a ring signs with a few, so this seldom happens.
    if entries.count >= 64 { entries.removeAll() }
    let multiBufferKey = multiBuffer.multiBufferKey(key)
    if case .failure(.beingTested)? = multiBufferKey { return nil }
    let entry = Entry(key: key, target: (try? multiBufferKey?.get()).flatMap { newTarget($0) })
    entries[ObjectIdentifier(key)] = entry
    return entry.target
  }

  private mutating func newTarget(_ multiBufferKey: MultiBufferKey) -> (
    context: MultiBufferContext, multiBufferKey: MultiBufferKey
  )? {
    guard let library = multiBuffer.library else { return nil }
    if let context = contexts[multiBufferKey.kind] { return (context, multiBufferKey) }
    guard let context = MultiBufferContext(multiBufferKey.kind, library) else { return nil }
    contexts[multiBufferKey.kind] = context
    return (context, multiBufferKey)
  }
}
