import BenchmarkResults
import JOSECore

/// One line of the table: what is measured, beside which limit.
struct Row: Sendable {
  let name: String
  /// Whether it stands in the table on all cores too when nothing else is asked for.
  var isOnAllCores = false
  /// Whether single tokens can be timed: those of a batch come all at once.
  var hasLatency = true
  /// Whether the limit's tokens are timed too, in turns with the row's.
  var comparesLatency = false
  /// Whether nothing else in the process allocates meanwhile.
  var countsAllocations = true
  /// Ready to run, for that many threads.
  let make: @Sendable (_ threads: Int, MultiBufferSigner) throws -> [Runs]

  static let all =
    algorithms.flatMap { algorithm in Shape.allCases.map { Row(algorithm, $0) } }
    + [.buffer, .batch, .group].map { Row(.es384, $0) }
    + groups + [rotatingString, rotatingSession, jwks] + scripted

  static let algorithms: [Algorithm] = [.hs256, .rs256, .ps256, .es256, .edDSA]
}

extension Row {
  enum Shape: String, CaseIterable, Sendable {
    /// A minter of the caller's own, with a session's template, into a buffer that the caller keeps.
    case buffer
    /// The shared issuer, which makes a `IDToken` with a string.
    case string
    /// An extension's `getSessionToken()`.
    case session
    /// A session's first token; the limit is a later one.
    case first
    /// A minter of the caller's own, 64 tokens of a session in one call.
    case batch
    /// 64 callers of `getSessionToken()` at the same time.
    case group
    /// A backend's check of one token.
    case verify

    func name(_ algorithm: Algorithm) -> String {
      switch self {
      case .buffer, .string: "mint/\(algorithm)/\(self)"
      case .session, .first, .batch, .group, .verify: "\(self)/\(algorithm)"
      }
    }
  }

  /// Threads share session, issuer and keys.
  init(_ algorithm: Algorithm, _ shape: Shape) {
    name = shape.name(algorithm)
    (isOnAllCores, hasLatency) = (shape == .buffer, shape != .batch)
    // Signed as one of eight: OpenSSL's allocations would be taken off for nothing.
    countsAllocations = algorithm != .es384 || shape != .buffer
    make = { threads, multiBuffer in
      let subject = try Subject(algorithm, multiBuffer)
      return try (0..<threads).map { _ in try shape.runs(subject) }
    }
  }
}

extension Row.Shape {
  fileprivate func runs(_ subject: Subject) throws -> Runs {
    switch self {
    case .buffer: return try Runs(minting: BufferMinting(subject), subject)
    case .string: return try Runs(minting: StringMinting(subject), subject)
    case .session: return try Runs(minting: SessionMinting(subject), subject)
    case .first:
      return try Runs(minting: FirstMinting(subject), subject, limit: AnyWorkload(StringMinting(subject)))
    case .batch: return try Runs(minting: BatchMinting(subject), subject, besideMultiBuffer: true)
    case .group:
      let callers = try ConcurrentMinting(subject, callers: 64)
      let runs = try Runs(minting: callers, subject, besideMultiBuffer: true)
      var batch = try BatchMinting(subject)
      try batch.mint()
      runs.batch = AnyWorkload(batch)
      return runs
    case .verify:
      let token = try StringMinting(subject).newestToken()
      return Runs(
        row: AnyWorkload(Verifying(subject, token)),
        limit: AnyWorkload(try BareOperation.verification(subject, SampleToken(token))))
    }
  }
}

extension Row {
  /// Throughput first, in turns with the limit; then single tokens and allocations, in slices of their own, so that
  /// timing and counting don't slow down what is compared.
  func measure(for duration: Duration, threads: Int, _ multiBuffer: MultiBufferSigner) throws -> RowResult {
    let runs = try make(threads, multiBuffer)
    let key = RowKey(name, threads: threads)
    var latencies = LatencyComparison()
    let rates: Comparison
    if runs.count > 1 {
      let timed = hasLatency ? duration / 4 : .zero
      (rates, latencies) = try Measurement.compare(runs, for: duration, timed: timed)
    } else {
      rates = try Measurement.compare(runs[0], for: duration)
      if comparesLatency {
        latencies = try Measurement.compareLatency(runs[0], for: duration)
      } else if hasLatency {
        latencies.append(tokens: try Measurement.latency(of: runs[0].row, for: duration / 4))
      }
    }
    for runs in runs { try runs.end() }
    for runs in runs { try runs.check() }
    let counts = countsAllocations && !comparesLatency && runs.count == 1
    return RowResult(
      key, rates, latencies, allocationsPerToken: counts ? try runs[0].allocationsPerToken() : nil,
      note: runs[0].note)
  }
}
