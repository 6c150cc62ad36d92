import IDTokens

/// The first token of a session, whose template is made for it.
struct FirstMinting: TokenWorkload {
  private let subject: Subject
  private var newest: IDToken

  init(_ subject: Subject) throws {
    self.subject = subject
    newest = try subject.issuer.token(subject.content)
  }

  mutating func mint() throws { newest = try subject.issuer.token(subject.content) }

  mutating func run(_ count: Int) throws { for _ in 0..<count { try mint() } }

  func newestToken() -> String { newest.text }
}
