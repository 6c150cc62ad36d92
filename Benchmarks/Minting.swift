import IDTokens
import JOSECore

/// `TokenMinter.mint`: what a thread or event loop does that owns a minter and a buffer.
@safe
struct BufferMinting: TokenWorkload, ~Copyable {
  private var minter: TokenMinter
  private let token: PreparedToken
  private let buffer: UnsafeMutableBufferPointer<UInt8>
  private var length = 0
  private let clock = WallClock.system

  init(_ subject: Subject) throws {
    token = subject.prepared
    minter = try TokenMinter(multiBuffer: subject.multiBuffer)
    unsafe buffer = .allocate(capacity: token.maximumLength)
  }

  deinit { unsafe buffer.deallocate() }

  mutating func run(_ count: Int) throws {
    let expected = length
    for _ in 0..<count {
      try mint()
      guard length == expected else {
        throw BenchmarkError.unexpectedToken(length: length, expected: expected)
      }
    }
  }

  func newestToken() -> String { unsafe String(decoding: buffer.prefix(length), as: UTF8.self) }

  mutating func mint() throws {
    var output = unsafe OutputSpan(buffer: buffer, initializedCount: 0)
    try minter.mint(token, at: clock.now, into: &output)
    length = unsafe output.finalize(for: buffer)
  }
}

/// `TokenMinter.mint` with a list: batches of tokens into one buffer.
@safe
struct BatchMinting: TokenWorkload, ~Copyable {
  private static let size = 64
  var group: Int { Self.size }
  private var minter: TokenMinter
  private let tokens: [PreparedToken]
  private let buffer: UnsafeMutableBufferPointer<UInt8>
  private let ends: UnsafeMutableBufferPointer<Int>
  private let clock = WallClock.system

  init(_ subject: Subject) throws {
    tokens = Array(repeating: subject.prepared, count: Self.size)
    minter = try TokenMinter(multiBuffer: subject.multiBuffer)
    unsafe buffer = .allocate(capacity: Self.size * subject.prepared.maximumLength)
    unsafe ends = .allocate(capacity: Self.size)
  }

  deinit {
    unsafe buffer.deallocate()
    unsafe ends.deallocate()
  }

  mutating func run(_ count: Int) throws {
    let expected = unsafe ends[0]
    var rest = count
    while rest > 0 {
      let minted = min(rest, Self.size)
      try mint(minted)
      guard unsafe ends[minted - 1] == minted * expected else {
        throw unsafe BenchmarkError.unexpectedToken(length: ends[minted - 1], expected: minted * expected)
      }
      rest -= minted
    }
  }

  mutating func mint() throws { try mint(Self.size) }

  func newestToken() -> String { unsafe String(decoding: buffer.prefix(ends[0]), as: UTF8.self) }

  private mutating func mint(_ count: Int) throws {
    var output = unsafe OutputSpan(buffer: buffer, initializedCount: 0)
    var ends = unsafe OutputSpan(buffer: self.ends, initializedCount: 0)
    let tokens = tokens
    try minter.mint(tokens.span.extracting(first: count), at: clock.now, into: &output, ends: &ends)
    _ = unsafe output.finalize(for: buffer)
    _ = unsafe ends.finalize(for: self.ends)
  }
}

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

/// `TokenVerifier.verify` of one token, with its key known.
struct Verifying: Workload {
  private let verifier: TokenVerifier<VerificationKeys>
  private let token: String
  private let now: NumericDate

  init(_ subject: Subject, _ token: String) {
    (verifier, self.token, now) = (subject.verifier, token, WallClock.system.now)
  }

  mutating func run(_ count: Int) throws {
    for _ in 0..<count { _ = try verifier.verify(token, at: now) }
  }
}
