import KeyRotation
import TestSupport
import Testing

@Suite struct PowerCutTests {
  @Test(
    "a power cut before any system call, whatever it undoes of what was not fsynced, leaves the old ring or the new",
    arguments: Change.all)
  func powerCut(_ change: Change) async throws {
    let rehearsal = try await Rehearsal(change)
    var random = SeededGenerator(seed: 7)
    // One more than there are calls: a cut after the last, when the caller has been told.
    for index in 0...rehearsal.calls.count {
      let (disk, store) = try rehearsal.disk(.stops(call: index + 1))
      let outcome = await Outcome(change, store)
      for lost in Losses.all(of: disk.journal.uncertain, &random) {
        let restarted = try disk.afterPowerCut(losing: lost)
        let effects = lost.sorted().map { "\(disk.journal.effects[$0].kind)".prefix(60) }
        try await rehearsal.checkRestart(
          restarted.root + "/ring", outcome,
          "cut at call \(index + 1) of \(disk.calls.count), losing \(effects)")
      }
    }
  }

  @Test("what a change has committed stays, though the one before it was killed", arguments: Change.all)
  func afterKill(_ change: Change) async throws {
    let rehearsal = try await Rehearsal(change)
    for index in rehearsal.calls.indices {
      let (disk, store) = try rehearsal.disk(.stops(call: index + 1))
      _ = await Outcome(change, store)
      // The process is killed, the machine runs on: nothing is lost yet, and nothing becomes durable by itself.
      disk.set(.none)
      if try store.load() == nil { try store.create(.brief(), at: change.time) }
      let step = try await store.step(store.existing().policy, at: change.time.advanced(by: 400))
      let restarted = try disk.afterPowerCut(.lazy)
      let comment: Comment = "killed before \(rehearsal.calls[index]), then a change, then a power cut"
      #expect(try DirectoryStore(restarted.root + "/ring").load() == step.ring, comment)
      #expect(RingInspection(restarted.root + "/ring").violations == [], comment)
    }
  }
}

/// Choices of what is lost.
private enum Losses {
  /// Everything from each effect on, and some at random.
  static func all(of uncertain: [Int], _ random: inout SeededGenerator) -> Set<Set<Int>> {
    var losses: Set<Set<Int>> = [[]]
    for first in uncertain.indices { losses.insert(Set(uncertain[first...])) }
    for _ in 0..<min(3, uncertain.count) {
      losses.insert(Set(uncertain.filter { _ in Bool.random(using: &random) }))
    }
    return losses
  }
}
