import Testing

@testable import IDTokens

@Suite struct ThreadLocalPoolTests {
  private struct Bench: ~Copyable, Sendable { var uses = 0 }
  private struct Failure: Error {}

  private static func use<Result: Sendable, Failure: Error>(
    _ benches: ThreadLocalPool<Bench>, _ work: (inout Bench) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try benches.with { () throws(Failure) in
      Bench()
    } _: { (bench) throws(Failure) in
      bench.uses += 1
      return try work(&bench)
    }
  }

  @Test("A thread comes back to the bench it left, also after an error")
  func comesBack() {
    let benches = ThreadLocalPool<Bench>()
    let uses = Self.use(benches) { $0.uses }
    #expect(uses == 1)
    #expect(throws: Failure.self) {
      try Self.use(benches) { (_) throws(Failure) -> Int in throw Failure() }
    }
    let more = Self.use(benches) { $0.uses }
    #expect(more == 3)
  }

  @Test("A bench in use is nobody else's: who comes meanwhile gets another one, beyond the last slot too")
  func inUse() throws {
    let benches = ThreadLocalPool<Bench>(count: 2)
    func nested(_ depth: Int) throws -> Int {
      try Self.use(benches) { max($0.uses, depth > 0 ? try nested(depth - 1) : 0) }
    }
    #expect(try nested(4) == 1)
  }

  @Test("A bench that can't be made leaves the slot free")
  func notMade() {
    let benches = ThreadLocalPool<Bench>(count: 1)
    #expect(throws: Failure.self) {
      try benches.with { () throws(Failure) in
        throw Failure()
      } _: { (_) throws(Failure) -> Int in
        0
      }
    }
    let uses = Self.use(benches) { $0.uses }
    #expect(uses == 1)
  }
}
