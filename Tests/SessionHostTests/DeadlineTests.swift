import TestSupport
import Testing

@testable import SessionHost

@Suite struct DeadlineTests {
  @Test("a caller that was cancelled before is told so, however fast the work and the clock are")
  func cancelledBefore() async throws {
    for _ in 0..<200 {
      let task = Task {
        try? await waitForCancellation()
        return await Deadline(duration: .zero, clock: ImpatientClock()).run { 1 }
      }
      task.cancel()
      guard case .cancelled = await task.value else {
        Issue.record("\(await task.value)")
        return
      }
    }
  }

  @Test("work is cancelled once its time is over", .timeLimit(.minutes(1)))
  func workIsCancelled() async throws {
    let cancelled = Recorder<Bool>()
    let outcome = await Deadline(duration: .seconds(1), clock: ImpatientClock()).run {
      try? await waitForCancellation()
      cancelled.append(Task.isCancelled)
    }
    guard case .exceeded = outcome else {
      Issue.record("\(outcome)")
      return
    }
    await cancelled.reach(1)
    #expect(cancelled.elements == [true])
  }

  @Test("the clock is cancelled once the work is done", .timeLimit(.minutes(1)))
  func clockIsCancelled() async throws {
    let clock = ManualClock()
    let outcome = await Deadline(duration: .seconds(1), clock: clock).run { [clock] in
      for await _ in clock.pauses { return 1 }
      return 0
    }
    guard case .finished(.success(1)) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    while clock.sleepers > 0 { await Task.yield() }
  }
}
