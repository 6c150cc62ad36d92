extension JSONObject {
  /// The object of `bytes` where it is as simple as the claims of most tokens: strings of ASCII without escapes and
  /// natural numbers, a few members. `nil` for all else, right or wrong, which is jansson's to read:
  /// it takes ten times as long.
  init?(flat bytes: Span<UInt8>) {
    var reader = FlatReader(end: bytes.count)
    guard reader.take("{", bytes) else { return nil }
    members.reserveCapacity(12)
    var seen: UInt64 = 0
    repeat {
      guard members.count < 32, let position = reader.string(bytes) else { return nil }
      let (name, mark) = (String(plain: bytes.extracting(position)), bytes.extracting(position).mark)
      guard seen & mark == 0 || self[name] == nil, reader.take(":", bytes), let value = reader.value(bytes)
      else { return nil }
      seen |= mark
      members.append(Member(name: name, value: value))
    } while reader.take(",", bytes)
    guard reader.take("}", bytes), reader.isAtEnd(bytes) else { return nil }
  }
}

private struct FlatReader {
  private var position = 0
  private let end: Int

  init(end: Int) { self.end = end }

  /// Whether nothing follows but white space.
  mutating func isAtEnd(_ bytes: Span<UInt8>) -> Bool {
    skipSpace(bytes)
    return position == end
  }

  /// RFC 8259 §2.
  private mutating func skipSpace(_ bytes: Span<UInt8>) {
    while position < end, bytes[position] <= 0x20, bytes[position].isSpace { position += 1 }
  }

  /// Takes a character that white space may precede.
  mutating func take(_ character: Unicode.Scalar, _ bytes: Span<UInt8>) -> Bool {
    skipSpace(bytes)
    guard position < end, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func value(_ bytes: Span<UInt8>) -> JSONValue? {
    skipSpace(bytes)
    guard position < end else { return nil }
    if bytes[position] == UInt8(ascii: "\"") {
      return string(bytes).map { .string(String(plain: bytes.extracting($0))) }
    }
    return natural(bytes).map { .integer($0) }
  }

  /// Where the text of a string stands.
  mutating func string(_ bytes: Span<UInt8>) -> Range<Int>? {
    guard take("\"", bytes) else { return nil }
    let start = position
    while position &+ 8 <= end,
      unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self).isPlain
    { position &+= 8 }
    while position < end, bytes[position] != UInt8(ascii: "\"") {
      // The others are escapes, characters that must be escaped (RFC 8259 §7), or parts of longer ones.
      guard (0x20..<0x80).contains(bytes[position]), bytes[position] != UInt8(ascii: "\\") else { return nil }
      position += 1
    }
    let text = start..<position
    return take("\"", bytes) ? text : nil
  }

  /// Up to 18 digits, which an `Int64` can take, without leading zeros.
  private mutating func natural(_ bytes: Span<UInt8>) -> Int64? {
    let start = position
    var value: Int64 = 0
    while position < end, position - start < 18,
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position])
    {
      value = value * 10 + Int64(bytes[position] - UInt8(ascii: "0"))
      position += 1
    }
    // What follows must be a comma or the end: a digit, a point or an exponent is refused by who comes next.
    guard position > start, bytes[start] != UInt8(ascii: "0") || position == start + 1 else { return nil }
    return value
  }
}

extension String {
  fileprivate init(plain bytes: Span<UInt8>) {
    self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}

extension UInt8 {
  fileprivate var isSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0a || self == 0x0d }
}

extension Span<UInt8> {
  /// One bit of 64. Texts with different marks differ, so that few names are compared with those before.
  fileprivate var mark: UInt64 {
    var sum: UInt8 = 0
    for index in indices { sum &+= self[index] }
    return 1 << UInt64(sum & 63)
  }
}

/// Eight bytes looked at together.
///
/// Taking a number from each borrows into the highest bit of a byte that is smaller, unless the bit was set before.
extension UInt64 {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highBits: UInt64 = 0x8080_8080_8080_8080

  init(repeating byte: UInt8) { self = UInt64(byte) &* Self.ones }

  /// Whether one of the bytes has to be escaped in a JSON string (RFC 8259 §7).
  var holdsEscaped: Bool { escaped & Self.highBits != 0 }

  /// Whether all are ASCII characters of a JSON string that stand for themselves.
  var isPlain: Bool { (escaped | self) & Self.highBits == 0 }

  private var escaped: UInt64 {
    let (quotationMark, reverseSolidus) = (self ^ Self.ones &* 0x22, self ^ Self.ones &* 0x5c)
    return (self &- Self.ones &* 0x20) & ~self | (quotationMark &- Self.ones) & ~quotationMark
      | (reverseSolidus &- Self.ones) & ~reverseSolidus
  }
}
