extension JSONObject {
  /// The object of `bytes` where it is as simple as the claims of most tokens: strings of ASCII without escapes and
  /// natural numbers, no white space, a few members. `nil` for all else, right or wrong, which is jansson's to read:
  /// it takes ten times as long.
  init?(flat bytes: Span<UInt8>) {
    var reader = FlatReader(end: bytes.count)
    guard reader.take("{", bytes) else { return nil }
    members.reserveCapacity(12)
    var seen: UInt64 = 0
    repeat {
      guard members.count < 32, let place = reader.string(bytes) else { return nil }
      let (name, mark) = (String(plain: bytes.extracting(place)), bytes.extracting(place).mark)
      guard seen & mark == 0 || self[name] == nil, reader.take(":", bytes), let value = reader.value(bytes)
      else { return nil }
      seen |= mark
      members.append(Member(name: name, value: value))
    } while reader.take(",", bytes)
    guard reader.take("}", bytes), reader.isAtEnd else { return nil }
  }
}

private struct FlatReader {
  private var place = 0
  private let end: Int

  init(end: Int) { self.end = end }

  var isAtEnd: Bool { place == end }

  mutating func take(_ character: Unicode.Scalar, _ bytes: Span<UInt8>) -> Bool {
    guard place < end, bytes[place] == UInt8(ascii: character) else { return false }
    place += 1
    return true
  }

  mutating func value(_ bytes: Span<UInt8>) -> JSONValue? {
    guard place < end else { return nil }
    if bytes[place] == UInt8(ascii: "\"") {
      return string(bytes).map { .string(String(plain: bytes.extracting($0))) }
    }
    return natural(bytes).map { .integer($0) }
  }

  /// Where the text of a string stands.
  mutating func string(_ bytes: Span<UInt8>) -> Range<Int>? {
    guard take("\"", bytes) else { return nil }
    let start = place
    while place &+ 8 <= end,
      unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self).isPlain
    { place &+= 8 }
    while place < end, bytes[place] != UInt8(ascii: "\"") {
      // The others are escapes, characters that must be escaped (RFC 8259 §7), or parts of longer ones.
      guard (0x20..<0x80).contains(bytes[place]), bytes[place] != UInt8(ascii: "\\") else { return nil }
      place += 1
    }
    let text = start..<place
    return take("\"", bytes) ? text : nil
  }

  /// Up to 18 digits, which an `Int64` can take, without leading zeros.
  private mutating func natural(_ bytes: Span<UInt8>) -> Int64? {
    let start = place
    var value: Int64 = 0
    while place < end, place - start < 18, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]) {
      value = value * 10 + Int64(bytes[place] - UInt8(ascii: "0"))
      place += 1
    }
    // What follows must be a comma or the end: a digit, a point or an exponent is refused by who comes next.
    guard place > start, bytes[start] != UInt8(ascii: "0") || place == start + 1 else { return nil }
    return value
  }
}

extension String {
  fileprivate init(plain bytes: Span<UInt8>) {
    self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}

extension Span<UInt8> {
  /// One bit of 64. Texts with different marks differ, so that few names are compared with those before.
  fileprivate var mark: UInt64 {
    var sum: UInt8 = 0
    for index in indices { sum &+= self[index] }
    return 1 << UInt64(sum & 63)
  }
}
