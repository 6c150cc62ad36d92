/// Makes many signatures at once for one thread: it gathers messages by the kind of their keys and signs eight of a
/// kind together, in the processor's vector lanes where there are any.
///
/// It is not shared, as a `Signer` is not.
package struct BatchSigner: ~Copyable, @unchecked Sendable {
  private var signer: Signer
  private let lanes: MultiBufferSigner
  private var benches: [MultiBufferKeyKind: MultiBufferContext] = [:]
  private var places: [ObjectIdentifier: Place] = [:]

  /// Where a key's messages wait. It holds the key, so an identity can't come back for another one.
  private struct Place {
    let key: SigningKey
    /// `nil` where OpenSSL signs.
    let seat: (bench: MultiBufferContext, multiBufferKey: MultiBufferKey)?
  }

  package init(_ lanes: MultiBufferSigner) throws(JOSEError) {
    signer = try Signer()
    self.lanes = lanes
  }

  package enum Addition {
    case waits
    /// Eight of a kind wait: time to sign them.
    case full(MultiBufferKeyKind)
    /// The lanes have nothing for this key: it signs alone.
    case refused
  }

  /// Takes a message in, to be signed with the others of its kind.
  ///
  /// - Parameter ticket: the caller's number for it, which comes back with the signature.
  package mutating func add(
    _ message: Span<UInt8>, with key: SigningKey, resuming prefix: HashMidstate? = nil, ticket: Int
  ) throws(JOSEError) -> Addition {
    guard key.multiBufferKind != nil, case (let bench, let multiBufferKey)? = seat(key),
      bench.takes(message, key)
    else {
      return .refused
    }
    try signer.withHash(of: message, with: key, resuming: prefix) { (input) throws(JOSEError) in
      bench.add(input, key, multiBufferKey, ticket: ticket)
    }
    return bench.isFull ? .full(bench.kind) : .waits
  }

  /// Signs what waits of a kind, and hands each signature out with its ticket.
  package mutating func sign(
    _ kind: MultiBufferKeyKind, _ deliver: (_ ticket: Int, Span<UInt8>) throws(JOSEError) -> Void
  ) throws(JOSEError) {
    guard let bench = benches[kind] else { return }
    defer { bench.removeAll() }
    let isTogether = bench.pending.count >= kind.worthwhile
    let failed = isTogether ? try bench.sign() : .all
    for (lane, waiting) in bench.pending.enumerated() {
      if failed.contains(lane) { try signAlone(bench, lane) }
      try bench.signatures.withBytes(lane) { (bytes) throws(JOSEError) in try deliver(waiting.ticket, bytes) }
    }
    if isTogether { lanes.count(failed, of: bench.pending.count) }
  }

  /// Appends the signature of a single message to `signature`, as a `Signer` does.
  package mutating func sign(
    _ message: Span<UInt8>, with key: SigningKey, resuming prefix: HashMidstate? = nil,
    into signature: inout OutputSpan<UInt8>
  ) throws(JOSEError) {
    // The signer refuses a buffer that is too short. Waiting messages keep their places.
    guard let kind = key.multiBufferKind, kind.worthwhile == 1, signature.freeCapacity >= key.signatureLength,
      benches[kind]?.pending.isEmpty ?? true,
      case .waits = try add(message, with: key, resuming: prefix, ticket: 0)
    else { return try signer.sign(message, with: key, resuming: prefix, into: &signature) }
    try sign(kind) { (_, bytes) throws(JOSEError) in signature.append(bytes) }
  }

  /// Signs all that waits, of whatever kind.
  package mutating func signAll(
    _ deliver: (_ ticket: Int, Span<UInt8>) throws(JOSEError) -> Void
  ) throws(JOSEError) {
    for bench in benches.values where !bench.pending.isEmpty { try sign(bench.kind, deliver) }
  }

  /// Forgets what waits.
  package mutating func removeAll() { for bench in benches.values { bench.removeAll() } }
}

extension BatchSigner {
  /// What OpenSSL makes of a message that waits, in the place of what the lanes made of it.
  private mutating func signAlone(_ bench: MultiBufferContext, _ lane: Int) throws(JOSEError) {
    let key = bench.pending[lane].key
    try bench.signatures.fill(lane) { (output) throws(JOSEError) in
      try bench.withInput(lane) { (input) throws(JOSEError) in
        try signer.signHashed(input, with: key, into: &output)
      }
    }
  }

  private mutating func seat(_ key: SigningKey) -> (
    bench: MultiBufferContext, multiBufferKey: MultiBufferKey
  )? {
    if let place = places[ObjectIdentifier(key)] { return place.seat }
    // Rotation leaves old keys behind; a ring signs with a few, so this seldom happens.
    if places.count >= 64 { places.removeAll() }
    let multiBufferKey = lanes.multiBufferKey(key)
    if case .failure(.beingTested)? = multiBufferKey { return nil }
    let place = Place(key: key, seat: (try? multiBufferKey?.get()).flatMap { newSeat($0) })
    places[ObjectIdentifier(key)] = place
    return place.seat
  }

  private mutating func newSeat(_ multiBufferKey: MultiBufferKey) -> (
    bench: MultiBufferContext, multiBufferKey: MultiBufferKey
  )? {
    guard let library = lanes.library else { return nil }
    if let bench = benches[multiBufferKey.kind] { return (bench, multiBufferKey) }
    guard let bench = MultiBufferContext(multiBufferKey.kind, library) else { return nil }
    benches[multiBufferKey.kind] = bench
    return (bench, multiBufferKey)
  }
}
