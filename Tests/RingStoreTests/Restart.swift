import JOSE
import KeyRotation
import Platform
import RingInspection
import Testing

/// A change, the directory before it and what it makes of the ring when nothing goes wrong.
struct Rehearsal {
  let change: Change
  /// `root/ring` as it was before.
  let image: DiskImage
  let before: KeyRing?
  let after: RingShape
  /// The system calls of the change, in order.
  let calls: [String]

  init(_ change: Change) async throws {
    let scratch = try Scratch()
    let plain = DirectoryStore(scratch.path + "/ring")
    try await change.prepare(plain)
    (self.change, image, before) = (change, try DiskImage(of: scratch.path), try plain.load())
    let disk = try FaultyDisk(scratch)
    try await change.make(DirectoryStore(plain.directory, files: disk))
    (after, calls) = (RingShape(try plain.existing()), disk.calls)
  }

  /// A disk as it was before the change, with a fault to come.
  func disk(_ fault: FaultyDisk.Fault) throws -> (FaultyDisk, DirectoryStore) {
    let disk = try FaultyDisk(Scratch(image))
    disk.set(fault)
    return (disk, DirectoryStore(disk.root + "/ring", files: disk))
  }
}

/// What an attempt at a change came to, as its caller knows it.
enum Outcome {
  case committed
  case failed(any Error)

  init(_ change: Change, _ store: DirectoryStore) async {
    do {
      try await change.make(store)
      self = .committed
    } catch { self = .failed(error) }
  }

  var isCommitted: Bool { if case .committed = self { true } else { false } }

  /// The standby could not be opened, so that nothing but reservations was renewed.
  var heldBack: Bool {
    guard case .failed(let error) = self, case .unusableStandby = error as? KeyRingError else { return false }
    return true
  }
}

extension KeyRing {
  fileprivate func hasStates(of other: KeyRing?) -> Bool {
    keys.map(\.keyID) == other?.keys.map(\.keyID) && keys.map(\.state) == other?.keys.map(\.state)
  }
}

extension Rehearsal {
  /// A process starts on what is left: it finds the ring before the change or after it, whole, and can go on.
  func checkRestart(
    _ directory: String, _ outcome: Outcome, _ comment: Comment,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let store = DirectoryStore(directory)
    let ring: KeyRing?
    do { ring = try store.load() } catch {
      Issue.record("\(comment): \(error)", sourceLocation: sourceLocation)
      return
    }
    if let ring {
      let isAfter = RingShape(ring) == after
      let isBefore =
        !outcome.isCommitted && (ring == before || outcome.heldBack && ring.hasStates(of: before))
      #expect(isAfter || isBefore, comment, sourceLocation: sourceLocation)
    } else {
      #expect(before == nil && !outcome.isCommitted, comment, sourceLocation: sourceLocation)
      try store.create(.brief(), at: change.time)
    }
    #expect(RingInspection(directory).violations == [], comment, sourceLocation: sourceLocation)
    try await checkFurtherStep(store, comment, sourceLocation)
  }

  /// A later step works and heals what was left over.
  private func checkFurtherStep(
    _ store: DirectoryStore, _ comment: Comment, _ sourceLocation: SourceLocation
  ) async throws {
    let policy = try store.existing().policy
    let step = try await store.step(policy, at: change.time.advanced(by: 400))
    #expect(step.events.contains { !$0.isRoutine }, comment, sourceLocation: sourceLocation)
    #expect(RingInspection(store.directory).violations == [], comment, sourceLocation: sourceLocation)
    #expect(
      try store.presentFiles() == store.expectedFiles(step.ring), comment, sourceLocation: sourceLocation)
    #expect(
      try store.logLines().count == (try store.audit().count), comment, sourceLocation: sourceLocation)
  }
}
