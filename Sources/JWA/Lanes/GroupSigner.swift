/// One thread's workbench for many signatures at once: it gathers messages by the kind of their keys and signs eight of a
/// kind together, in the processor's vector lanes where there are any.
///
/// It is not shared, as a `Signer` is not.
package struct GroupSigner: ~Copyable, @unchecked Sendable {
  private var signer: Signer
  private let lanes: SigningLanes
  private var benches: [LaneKind: LaneBench] = [:]
  private var places: [ObjectIdentifier: Place] = [:]

  /// Where a key's messages wait. It holds the key, so an identity can't come back for another one.
  private struct Place {
    let key: SigningKey
    /// `nil` where OpenSSL signs.
    let seat: (bench: LaneBench, laneKey: LaneKey)?
  }

  package init(_ lanes: SigningLanes) throws(JWAError) {
    signer = try Signer()
    self.lanes = lanes
  }

  package enum Addition {
    case waits
    /// Eight of a kind wait: time to sign them.
    case full(LaneKind)
    /// The lanes have nothing for this key: it signs alone.
    case refused
  }

  /// Takes a message in, to be signed with the others of its kind.
  ///
  /// - Parameter ticket: the caller's number for it, which comes back with the signature.
  package mutating func add(
    _ message: Span<UInt8>, with key: SigningKey, resuming prefix: AbsorbedPrefix? = nil, ticket: Int
  ) throws(JWAError) -> Addition {
    guard key.laneKind != nil, case (let bench, let laneKey)? = seat(key), bench.takes(message, key) else {
      return .refused
    }
    try signer.withHash(of: message, with: key, resuming: prefix) { (input) throws(JWAError) in
      bench.add(input, key, laneKey, ticket: ticket)
    }
    return bench.isFull ? .full(bench.kind) : .waits
  }

  /// Signs what waits of a kind, and hands each signature out with its ticket.
  package mutating func sign(
    _ kind: LaneKind, _ deliver: (_ ticket: Int, Span<UInt8>) throws(JWAError) -> Void
  ) throws(JWAError) {
    guard let bench = benches[kind] else { return }
    defer { bench.removeAll() }
    let isTogether = bench.waiting.count >= kind.worthwhile
    let failed = isTogether ? try bench.sign() : .all
    for (lane, waiting) in bench.waiting.enumerated() {
      if failed.contains(lane) { try signAlone(bench, lane) }
      try bench.signatures.withBytes(lane) { (bytes) throws(JWAError) in try deliver(waiting.ticket, bytes) }
    }
    if isTogether { lanes.count(failed, of: bench.waiting.count) }
  }

  /// Appends the signature of a single message to `signature`, as a `Signer` does.
  package mutating func sign(
    _ message: Span<UInt8>, with key: SigningKey, resuming prefix: AbsorbedPrefix? = nil,
    into signature: inout OutputSpan<UInt8>
  ) throws(JWAError) {
    // A buffer that is too short is the signer's to refuse, and those who wait keep their lanes.
    guard let kind = key.laneKind, kind.worthwhile == 1, signature.freeCapacity >= key.signatureLength,
      benches[kind]?.waiting.isEmpty ?? true,
      case .waits = try add(message, with: key, resuming: prefix, ticket: 0)
    else { return try signer.sign(message, with: key, resuming: prefix, into: &signature) }
    try sign(kind) { (_, bytes) throws(JWAError) in signature.append(bytes) }
  }

  /// Signs all that waits, of whatever kind.
  package mutating func signAll(
    _ deliver: (_ ticket: Int, Span<UInt8>) throws(JWAError) -> Void
  ) throws(JWAError) {
    for bench in benches.values where !bench.waiting.isEmpty { try sign(bench.kind, deliver) }
  }

  /// Forgets what waits.
  package mutating func removeAll() { for bench in benches.values { bench.removeAll() } }
}

extension GroupSigner {
  /// What OpenSSL makes of a message that waits, in the place of what the lanes made of it.
  private mutating func signAlone(_ bench: LaneBench, _ lane: Int) throws(JWAError) {
    let key = bench.waiting[lane].key
    try bench.signatures.fill(lane) { (output) throws(JWAError) in
      try bench.withInput(lane) { (input) throws(JWAError) in
        try signer.signHashed(input, with: key, into: &output)
      }
    }
  }

  private mutating func seat(_ key: SigningKey) -> (bench: LaneBench, laneKey: LaneKey)? {
    if let place = places[ObjectIdentifier(key)] { return place.seat }
    // Rotation leaves old keys behind; a ring signs with a few, so this seldom happens.
    if places.count >= 64 { places.removeAll() }
    let laneKey = lanes.laneKey(key)
    if case .failure(.beingTested)? = laneKey { return nil }
    let place = Place(key: key, seat: (try? laneKey?.get()).flatMap { newSeat($0) })
    places[ObjectIdentifier(key)] = place
    return place.seat
  }

  private mutating func newSeat(_ laneKey: LaneKey) -> (bench: LaneBench, laneKey: LaneKey)? {
    guard let library = lanes.library else { return nil }
    if let bench = benches[laneKey.kind] { return (bench, laneKey) }
    guard let bench = LaneBench(laneKey.kind, library) else { return nil }
    benches[laneKey.kind] = bench
    return (bench, laneKey)
  }
}
