import AllocationCount
import BenchmarkResults
import JOSECore

/// Work that is measured. Generic callers are specialized for it, so nothing but the work stands in the loop.
protocol Workload: ~Copyable {
  /// Does the operation `count` times; throws when one of them fails or makes something that isn't real.
  mutating func run(_ count: Int) throws

  /// The same, and each of them is timed by itself.
  mutating func run(_ count: Int, timing histogram: inout Histogram) throws

  /// How many come together: it is run that many times, or a multiple of that.
  var group: Int { get }

  /// The clock is read once for about this much work, so that reading it costs nothing.
  var step: Duration { get }
}

extension Workload where Self: ~Copyable {
  var group: Int { 1 }
  var step: Duration { .milliseconds(1) }

  mutating func run(_ count: Int, timing histogram: inout Histogram) throws {
    for _ in 0..<count {
      let start = ContinuousClock.now
      try run(1)
      histogram.record(start.duration(to: .now))
    }
  }
}

extension Histogram {
  mutating func record(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    record(nanoseconds: UInt64(clamping: seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
  }
}

/// A workload whose tokens can be looked at. `run` mints tokens of the length of the first one or throws.
protocol TokenWorkload: Workload, ~Copyable {
  mutating func mint() throws
  func newestToken() -> String
}

/// A workload of any kind. Its loop is specialized all the same: what is called through here is the loop.
struct AnyWorkload: Workload {
  let group: Int
  let step: Duration
  private let body: (Int) throws -> Void
  private let timed: (Int, inout Histogram) throws -> Void

  init(_ workload: consuming some Workload & ~Copyable) { self.init(Boxed(workload)) }

  init(_ boxed: Boxed<some Workload & ~Copyable>) {
    (group, step) = (boxed.workload.group, boxed.workload.step)
    body = { try boxed.workload.run($0) }
    timed = { try boxed.workload.run($0, timing: &$1) }
  }

  func run(_ count: Int) throws { try body(count) }

  func run(_ count: Int, timing histogram: inout Histogram) throws { try timed(count, &histogram) }
}

final class Boxed<Work: Workload & ~Copyable> {
  var workload: Work
  init(_ workload: consuming Work) { self.workload = workload }
}

/// What a row compares, ready to run.
final class Runs {
  let row: AnyWorkload
  let limit: AnyWorkload
  /// The second limit, where the row has one: the bare multi-buffer operation.
  var multiBuffer: AnyWorkload?
  /// The batch call, for rows that are compared with it.
  var batch: AnyWorkload?
  /// What a reader of the row should know.
  var note: String?
  /// Whether the limit is OpenSSL's bare operation: what that allocates is OpenSSL's and not ours.
  let isBare: Bool
  /// Fails unless the newest token verifies.
  let check: () throws -> Void
  /// Ends what goes on beside the row.
  var end: () throws -> Void = {}

  init(row: AnyWorkload, limit: AnyWorkload, isBare: Bool = true, check: @escaping () throws -> Void = {}) {
    (self.row, self.limit, self.isBare, self.check) = (row, limit, isBare, check)
  }

  /// A token is verified before measuring and another one after it.
  ///
  /// - Parameters:
  ///   - limit: the bare operation, where nothing else is given.
  ///   - besideMultiBuffer: whether the row has a second limit, where the library has something for the algorithm.
  init(
    minting: consuming some TokenWorkload & ~Copyable, _ subject: Subject, limit: AnyWorkload? = nil,
    besideMultiBuffer: Bool = false
  ) throws {
    try minting.mint()
    let token = minting.newestToken()
    try subject.verify(token)
    self.limit = try limit ?? AnyWorkload(BareOperation.signing(subject, like: token))
    isBare = limit == nil
    let boxed = Boxed(minting)
    row = AnyWorkload(boxed)
    check = { try subject.verify(boxed.workload.newestToken()) }
    guard besideMultiBuffer, case .on = subject.multiBuffer.status, !subject.algorithm.isSymmetric else {
      return
    }
    do { multiBuffer = AnyWorkload(try BareMultiBufferOperation(subject, like: token)) } catch let error
      as BenchmarkError
    {
      note = "no second limit for \(subject.algorithm): \(error)"
    }
  }

  /// Which of them take turns, in their order.
  var sides: [(side: Comparison.Side, workload: AnyWorkload)] {
    [(.tokens, row), (.limit, limit), (.multiBuffer, multiBuffer), (.batch, batch)].compactMap {
      side, workload in
      workload.map { (side, $0) }
    }
  }

  /// Allocations of our own for each token, by counting in this process; `nil` where nobody can count.
  func allocationsPerToken() throws -> Double? {
    guard let all = try Self.allocations(of: row) else { return nil }
    guard isBare else { return all }
    return try Self.allocations(of: multiBuffer ?? limit).map { all - $0 }
  }

  /// For each operation, without what a run takes once.
  private static func allocations(of workload: AnyWorkload) throws -> Double? {
    // Whole batches, so that they count alike in both.
    let (few, many) = (64, 320)
    // Whatever is made at the first use isn't counted.
    try workload.run(few)
    guard let less = try allocations(of: workload, few), let more = try allocations(of: workload, many) else {
      return nil
    }
    return Double(more - less) / Double(many - few)
  }

  private static func allocations(of workload: AnyWorkload, _ operations: Int) throws -> Int64? {
    allocation_count_begin()
    let result = Result { try workload.run(operations) }
    let count = allocation_count_end()
    try result.get()
    return count < 0 ? nil : count
  }
}
