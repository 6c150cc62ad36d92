import IDTokens

/// `TokenSession.token()`: what everyone else does.
struct StringMinting: TokenWorkload, ~Copyable {
  private let session: TokenSession
  private var newest: IDToken

  init(_ subject: Subject) throws {
    session = subject.session
    newest = try session.token()
  }

  mutating func mint() throws { newest = try session.token() }

  mutating func run(_ count: Int) throws {
    let expected = newest.text.utf8.count
    for _ in 0..<count {
      try mint()
      let length = newest.text.utf8.count
      guard length == expected else {
        throw BenchmarkError.unexpectedToken(length: length, expected: expected)
      }
    }
  }

  func newestToken() -> String { newest.text }
}
