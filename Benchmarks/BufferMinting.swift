import IDTokens
import JOSECore

/// `TokenMinter.mint`: what a thread or event loop does that owns a minter and a buffer.
@safe
struct BufferMinting: TokenWorkload, ~Copyable {
  private var minter: TokenMinter
  private let template: PreparedToken
  private let buffer: UnsafeMutableBufferPointer<UInt8>
  private var length = 0
  private let clock = WallClock.system

  init(_ subject: Subject) throws {
    template = subject.template
    minter = try TokenMinter(lanes: subject.lanes)
    unsafe buffer = .allocate(capacity: template.maximumTokenLength)
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
    var token = unsafe OutputSpan(buffer: buffer, initializedCount: 0)
    try minter.mint(template, at: clock.now, into: &token)
    length = unsafe token.finalize(for: buffer)
  }
}
