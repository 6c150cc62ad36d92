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
  /// Ready to run, for that many threads, with these lanes.
  let make: @Sendable (_ threads: Int, MultiBufferSigner) throws -> [Runs]

  static let all =
    algorithms.flatMap { algorithm in Shape.allCases.map { Row(algorithm, $0) } }
    + [.buffer, .batch, .group].map { Row(.es384, $0) }
    + groups + [rotatingString, rotatingSession, jwks] + scripted

  static let algorithms: [Algorithm] = [.hs256, .rs256, .ps256, .es256, .edDSA]

  /// The row's work and its limits.
  func runs(_ lanes: MultiBufferSigner) throws -> Runs {
    guard let runs = try make(1, lanes).first else { throw BenchmarkError.noThreads }
    return runs
  }
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
  }

  /// Threads share session, issuer and keys.
  init(_ algorithm: Algorithm, _ shape: Shape) {
    switch shape {
    case .buffer, .string: name = "mint/\(algorithm)/\(shape)"
    case .session, .first, .batch, .group, .verify: name = "\(shape)/\(algorithm)"
    }
    (isOnAllCores, hasLatency) = (shape == .buffer, shape != .batch)
    // Signed on one of eight lanes: OpenSSL's allocations would be taken off for nothing.
    countsAllocations = algorithm != .es384 || shape != .buffer
    make = { threads, lanes in
      let subject = try Subject(algorithm, lanes)
      return try (0..<threads).map { _ in try shape.runs(subject) }
    }
  }
}

extension Row.Shape {
  func runs(_ subject: Subject) throws -> Runs {
    switch self {
    case .buffer: try Runs(minting: BufferMinting(subject), subject)
    case .string: try Runs(minting: StringMinting(subject), subject)
    case .session: try Runs(minting: SessionMinting(subject), subject)
    case .first: try Runs(minting: FirstMinting(subject), subject, limit: AnyWorkload(StringMinting(subject)))
    case .batch: try Runs(minting: BatchMinting(subject), subject, besideLanes: true)
    case .group: try group(subject)
    case .verify: try verification(subject)
    }
  }

  private func group(_ subject: Subject) throws -> Runs {
    let runs = try Runs(minting: ConcurrentMinting(subject, callers: 64), subject, besideLanes: true)
    var batch = try BatchMinting(subject)
    try batch.mint()
    runs.batch = AnyWorkload(batch)
    return runs
  }

  private func verification(_ subject: Subject) throws -> Runs {
    let token = try StringMinting(subject).newestToken()
    return Runs(
      row: AnyWorkload(Verifying(subject, token)),
      limit: AnyWorkload(try BareOperation.verification(subject, SampleToken(token))))
  }
}
