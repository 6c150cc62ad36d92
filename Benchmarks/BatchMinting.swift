import IDTokens
import JOSECore

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
    minter = try TokenMinter(multiBuffer: subject.lanes)
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
