import Foundation
import JOSECore
import KeyRotation
import TestSupport
import Testing

@Suite struct WriterTests {
  @Test("of tasks that step one directory exactly one wins each epoch, and nothing is lost")
  func tasks() async throws {
    let scratch = try TemporaryDirectory()
    let store = DirectoryStore(scratch.path)
    let policy = try RotationPolicy.brief(["clock_skew": "60s", "rotation_period": "270s"])
    try store.create(policy, at: start)
    let ticks = Counter()  // One time for all writers.
    let epochs = try await withThrowingTaskGroup(of: [Int].self) { group in
      for _ in 0..<2 {
        group.addTask {
          // Another store value on the same directory, as another process would have.
          let store = DirectoryStore(scratch.path)
          var epochs: [Int] = []
          for _ in 1...60 {
            let now = start.advanced(by: 13 * Int64(ticks.next()))
            let step = try await store.step(policy, at: now, attempts: 100)
            // That a clock went back changes a ring without an event; a busy machine lets it happen here.
            if step.ring.changedAt == now { epochs.append(step.ring.epoch) }
          }
          return epochs
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(epochs.allSatisfy { $0 == $0.sorted() })
    let all = epochs.flatMap(\.self).sorted()
    #expect(all == Array(2...(try store.existing().epoch)))
    #expect(RingInspection(scratch.path).violations == [])
    #expect(try store.presentFiles() == store.expectedFiles(store.existing()))
  }

  @Test("of processes that rotate one directory exactly one wins each epoch, and nothing is lost")
  func processes() async throws {
    let scratch = try TemporaryDirectory()
    let store = DirectoryStore(scratch.path + "/ring")
    async let first = Torture.run("rotate", store.directory, "--rounds", "120", "--skew", "60")
    async let second = Torture.run("rotate", store.directory, "--rounds", "120", "--skew", "60")
    let runs = try await [first, second]
    #expect(runs.map(\.status) == [0, 0], "\(runs.map(\.error))")
    let epochs = runs.map { $0.commits }
    #expect(epochs.allSatisfy { $0 == $0.sorted() && !$0.isEmpty })
    // The first epoch is the ring's making, which isn't reported.
    #expect(epochs.flatMap(\.self).sorted() == Array(2...(try store.existing().epoch)))
    #expect(RingInspection(store.directory).violations == [])
    #expect(try store.presentFiles() == store.expectedFiles(store.existing()))
  }

  @Test("of two processes that make a ring at once one does, and the other is told")
  func creation() async throws {
    let scratch = try TemporaryDirectory()
    let policy = try RotationPolicy.brief()
    let results = await withTaskGroup(of: Result<KeyRingState, KeyRingError>.self) { group in
      for _ in 0..<4 {
        group.addTask {
          do throws(KeyRingError) {
            return .success(try DirectoryStore(scratch.path).create(policy, at: start))
          } catch { return .failure(error) }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    let made = results.compactMap { try? $0.get() }
    #expect(made.count == 1)
    #expect(made.first == (try DirectoryStore(scratch.path).load()))
    for case .failure(let error) in results {
      #expect(error == .alreadyExists(directory: scratch.path))
    }
  }

  @Test("a snapshot taken while others rotate is one of an epoch that was")
  func readers() async throws {
    let scratch = try TemporaryDirectory()
    let store = DirectoryStore(scratch.path)
    try store.create(.brief(), at: start)
    try await withThrowingTaskGroup { group in
      group.addTask {
        for round in 1...40 { try await store.step(.brief(), at: start.advanced(by: Int64(round) * 210)) }
      }
      group.addTask {
        var last = 0
        while last < 40 {
          let snapshot = try #require(try await store.snapshot())
          #expect(snapshot.epoch >= last)
          _ = try snapshot.signingKey(for: .edDSA)
          last = snapshot.epoch
        }
      }
      try await group.waitForAll()
    }
  }
}
