import JOSECore
import KeyRotation
import SystemSupport
import TestSupport
import Testing

/// A change, the directory before it and what it makes of the ring when nothing goes wrong.
struct Rehearsal {
  let change: Change
  /// `root/ring` as it was before.
  let image: DiskImage
  let before: KeyRingState?
  let after: RingShape
  private let afterwards: KeyRingState
  /// The system calls of the change, in order.
  let calls: [String]

  init(_ change: Change) async throws {
    let scratch = try TemporaryDirectory()
    let plain = DirectoryStore(scratch.path + "/ring")
    try await change.prepare(plain)
    (self.change, image, before) = (change, try DiskImage(of: scratch.path), try plain.load())
    let disk = try FaultyFileSystem(scratch)
    try await change.make(DirectoryStore(plain.directory, files: disk))
    afterwards = try plain.existing()
    (after, calls) = (RingShape(afterwards), disk.calls)
  }

  /// A disk as it was before the change, with a fault to come.
  func disk(
    _ fault: FaultyFileSystem.Fault, counting: @escaping FaultyFileSystem.Filter = { _ in true }
  ) throws -> (FaultyFileSystem, DirectoryStore) {
    let disk = try FaultyFileSystem(TemporaryDirectory(image), fault, counting: counting)
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
}

extension KeyRingState {
  /// Whether the keys are those of another ring, or some of them, in the same states.
  fileprivate func isPart(of other: KeyRingState?) -> Bool {
    keys.allSatisfy { other?[$0.keyID]?.state == $0.state }
  }
}

extension Rehearsal {
  /// A process starts on what is left: it finds the ring before the change or after it, whole, and can go on.
  func checkRestart(
    _ directory: String, _ outcome: Outcome, _ comment: Comment, keyUnread: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let store = DirectoryStore(directory)
    let ring: KeyRingState?
    do { ring = try store.load() } catch {
      Issue.record("\(comment): \(error)", sourceLocation: sourceLocation)
      return
    }
    if let ring {
      let isAfter = RingShape(ring) == after
      // Without its keys nothing is handed over and no new one made; a key is revoked all the same.
      let isPart = keyUnread && ring.isPart(of: outcome.isCommitted ? afterwards : before)
      let isBefore = !outcome.isCommitted && ring == before
      #expect(isAfter || isBefore || isPart, comment, sourceLocation: sourceLocation)
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
