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
    minter = try TokenMinter(multiBuffer: subject.lanes)
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
