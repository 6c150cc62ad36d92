import BenchmarkResults

/// What a row compares, ready to run.
final class Runs {
  let row: AnyWorkload
  let limit: AnyWorkload
  /// The second limit, where the row has one: the bare multi-buffer operation.
  var lanes: AnyWorkload?
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
  ///   - besideLanes: whether the row has a second limit.
  init(
    minting: consuming some TokenWorkload & ~Copyable, _ subject: Subject, limit: AnyWorkload? = nil,
    besideLanes: Bool = false
  ) throws {
    try minting.mint()
    let token = minting.newestToken()
    try subject.verify(token)
    self.limit = try limit ?? AnyWorkload(BareOperation.signing(subject, like: token))
    isBare = limit == nil
    let boxed = Boxed(minting)
    row = AnyWorkload(boxed)
    check = { try subject.verify(boxed.workload.newestToken()) }
    if besideLanes { try addLanes(subject, like: token) }
  }

  /// Who takes turns, in their order.
  var sides: [(side: Comparison.Side, workload: AnyWorkload)] {
    [(.tokens, row), (.limit, limit), (.lanes, lanes), (.batch, batch)].compactMap { side, workload in
      workload.map { (side, $0) }
    }
  }

  /// Allocations of our own for each token.
  func allocationsPerToken() throws -> Double? {
    guard let all = try Allocations.each(of: row) else { return nil }
    guard isBare else { return all }
    return try Allocations.each(of: lanes ?? limit).map { all - $0 }
  }
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

/// A workload whose tokens can be looked at. `run` mints tokens of the length of the first one or throws.
protocol TokenWorkload: Workload, ~Copyable {
  mutating func mint() throws
  func newestToken() -> String
}
