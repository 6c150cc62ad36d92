import JWA

/// One line of the table: an algorithm, and what the caller gets.
struct Row {
  let algorithm: Algorithm
  let shape: Shape

  enum Shape: String, CaseIterable {
    /// A minter of the caller's own, with a session's template, into a buffer that the caller keeps.
    case buffer
    /// The shared issuer, which makes a `SessionToken` with a string.
    case string
    /// An extension's `getSessionToken()`.
    case session
    /// A session's first token; the limit is a later one.
    case first
    /// A minter of the caller's own, 64 tokens of a session in one call.
    case batch
    /// A backend's check of one token.
    case verify
  }

  static let algorithms: [Algorithm] = [.hs256, .rs256, .es256, .edDSA]

  static let all = algorithms.flatMap { algorithm in
    Shape.allCases.map { Row(algorithm: algorithm, shape: $0) }
  }

  var name: String {
    switch shape {
    case .buffer, .string: "mint/\(algorithm)/\(shape)"
    case .session, .first, .batch, .verify: "\(shape)/\(algorithm)"
    }
  }

  func measure(for duration: Duration) throws -> RowResult {
    let runs = try runs()
    let comparison = try Measurement.compare(&runs.row, with: &runs.limit, for: duration)
    try runs.check()
    return RowResult(name: name, comparison)
  }

  /// The row's work and its limit, with a session of their own.
  func runs() throws -> Runs { try runs(Subject(algorithm)) }

  /// The same for several threads, which share session, issuer and keys.
  func shared(_ threads: Int) throws -> [Runs] {
    let subject = try Subject(algorithm)
    return try (0..<threads).map { _ in try runs(subject) }
  }

  private func runs(_ subject: Subject) throws -> Runs {
    switch shape {
    case .buffer: return try runs(BufferMinting(subject), subject)
    case .string: return try runs(StringMinting(subject), subject)
    case .session: return try runs(SessionMinting(subject), subject)
    case .first:
      return Runs(
        row: AnyWorkload(try FirstMinting(subject)), limit: AnyWorkload(try StringMinting(subject)), check: {}
      )
    case .batch: return try runs(BatchMinting(subject), subject)
    case .verify:
      var minting = try StringMinting(subject)
      try minting.mint()
      let token = minting.newestToken()
      return Runs(
        row: AnyWorkload(Verifying(subject, token)),
        limit: AnyWorkload(try BareOperation.verification(subject, SampleToken(token))), check: {})
    }
  }

  /// A token is verified before measuring and another one after it.
  private func runs(
    _ minting: consuming some TokenWorkload & ~Copyable, _ subject: Subject
  ) throws -> Runs {
    try minting.mint()
    try subject.verify(minting.newestToken())
    let sample = try SampleToken(minting.newestToken())
    var limit = try BareOperation(subject, sample)
    try limit.check(subject.algorithm, sample)
    let row = Boxed(minting)
    return Runs(
      row: AnyWorkload(row), limit: AnyWorkload(limit),
      check: { try subject.verify(row.workload.newestToken()) })
  }
}

/// What a row compares, ready to run.
final class Runs {
  var row: AnyWorkload
  var limit: AnyWorkload
  /// Fails unless the newest token verifies.
  let check: () throws -> Void

  init(row: AnyWorkload, limit: AnyWorkload, check: @escaping () throws -> Void) {
    (self.row, self.limit, self.check) = (row, limit, check)
  }
}

/// A workload of any kind. Its loop is specialized all the same: what is called through here is the loop.
struct AnyWorkload: Workload {
  private let body: (Int) throws -> Void

  init(_ workload: consuming some Workload & ~Copyable) { self.init(Boxed(workload)) }

  init(_ boxed: Boxed<some Workload & ~Copyable>) { body = { try boxed.workload.run($0) } }

  func run(_ count: Int) throws { try body(count) }
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
