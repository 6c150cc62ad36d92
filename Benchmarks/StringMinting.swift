import IDTokens

/// `TokenIssuer.mint`: what everyone else does.
struct StringMinting: TokenWorkload, ~Copyable {
  private let issuer: TokenIssuer
  private var series: TokenSession
  private var newest: SessionToken

  init(_ subject: Subject) throws {
    issuer = subject.issuer
    series = subject.series
    newest = try issuer.mint(&series)
  }

  mutating func mint() throws { newest = try issuer.mint(&series) }

  mutating func run(_ count: Int) throws {
    let expected = newest.serialized.utf8.count
    for _ in 0..<count {
      try mint()
      let length = newest.serialized.utf8.count
      guard length == expected else {
        throw BenchmarkError.unexpectedToken(length: length, expected: expected)
      }
    }
  }

  func newestToken() -> String { newest.serialized }
}
