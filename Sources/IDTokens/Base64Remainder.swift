/// The 0 to 2 bytes of claims behind a template's prefix: base64url takes three bytes at a time, and the prefix is cut where
/// three of them end.
struct Base64Remainder: Sendable, Equatable {
  static let maximumLength = 2

  let count: Int
  private let first: UInt8
  private let second: UInt8

  /// - Parameter bytes: 2 at the most.
  init(_ bytes: Span<UInt8>) {
    precondition(bytes.count <= Self.maximumLength)
    count = bytes.count
    first = count > 0 ? bytes[0] : 0
    second = count > 1 ? bytes[1] : 0
  }

  func append(to output: inout OutputSpan<UInt8>) {
    if count > 0 { output.append(first) }
    if count > 1 { output.append(second) }
  }
}
