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
  }

  static let algorithms: [Algorithm] = [.hs256, .rs256, .es256, .edDSA]

  static let all = algorithms.flatMap { algorithm in
    Shape.allCases.map { Row(algorithm: algorithm, shape: $0) }
  }

  var name: String { "mint/\(algorithm)/\(shape.rawValue)" }

  func measure(for duration: Duration) throws -> RowResult {
    let subject = try Subject(algorithm)
    switch shape {
    case .buffer:
      return try measure(BufferMinting(subject), subject, for: duration)
    case .string:
      return try measure(StringMinting(subject), subject, for: duration)
    }
  }

  /// A token is verified before measuring and another one after it.
  private func measure(
    _ minting: consuming some TokenWorkload & ~Copyable, _ subject: Subject, for duration: Duration
  ) throws -> RowResult {
    try minting.mint()
    try subject.verify(minting.newestToken())
    let sample = try SampleToken(minting.newestToken())
    var limit = try BareOperation(subject, sample)
    try limit.check(subject.algorithm, sample)
    let comparison = try Measurement.compare(&minting, with: &limit, for: duration)
    try subject.verify(minting.newestToken())
    return RowResult(name: name, comparison)
  }
}

/// A workload whose tokens can be looked at. `run` mints tokens of the length of the first one or throws.
protocol TokenWorkload: Workload, ~Copyable {
  mutating func mint() throws
  func newestToken() -> String
}
