import TestSupport
import Testing

/// A target of its own: it keeps both processors busy for a minute, in which no other test would keep its deadlines.
@Suite struct KillTests {
  /// A failure names its seed; `ring-torture kill --kills 500 --seed SEED` repeats it.
  @Test(
    "a process that rotates is killed 1,000 times at random moments, and the ring opens and keeps its promise"
  )
  func kills() async throws {
    async let first = Self.kill(500)
    async let second = Self.kill(500)
    for run in try await [first, second] {
      #expect(run.status == 0, "\(run.error)")
      #expect(run.output.hasPrefix("500 kills, "))
    }
  }

  private static func kill(_ count: Int) async throws -> ChildProcess.Outcome {
    let seed = UInt32.random(in: 1...UInt32.max)
    return try await ChildProcess.built("ring-torture", ["kill", "--kills", "\(count)", "--seed", "\(seed)"])
      .outcome()
  }
}
