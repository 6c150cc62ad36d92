import BenchmarkResults

/// What a row compares, ready to run.
final class Runs {
  var row: AnyWorkload
  var limit: AnyWorkload
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
  /// - Parameter limit: the bare operation, where nothing else is given.
  init(
    minting: consuming some TokenWorkload & ~Copyable, _ subject: Subject, limit: AnyWorkload? = nil
  ) throws {
    try minting.mint()
    let token = minting.newestToken()
    try subject.verify(token)
    self.limit = try limit ?? AnyWorkload(BareOperation.signing(subject, like: token))
    isBare = limit == nil
    let boxed = Boxed(minting)
    row = AnyWorkload(boxed)
    check = { try subject.verify(boxed.workload.newestToken()) }
  }

  /// Allocations of our own for each token.
  func allocationsPerToken() throws -> Double? {
    guard let all = try Allocations.each(of: row) else { return nil }
    guard isBare else { return all }
    return try Allocations.each(of: limit).map { all - $0 }
  }
}

/// A workload of any kind. Its loop is specialized all the same: what is called through here is the loop.
struct AnyWorkload: Workload {
  private let body: (Int) throws -> Void
  private let timed: (Int, inout Histogram) throws -> Void

  init(_ workload: consuming some Workload & ~Copyable) { self.init(Boxed(workload)) }

  init(_ boxed: Boxed<some Workload & ~Copyable>) {
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
