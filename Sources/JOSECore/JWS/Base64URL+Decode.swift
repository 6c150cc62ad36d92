extension Base64URL {
  /// Strict: no padding, no white space, no character of plain base64, no stray bits in the last character
  /// (RFC 4648 §3.5), so that no two texts decode to the same bytes.
  public static func decode(_ text: Span<UInt8>) throws(Base64URLError) -> [UInt8] {
    guard text.count % 4 != 1 else { throw .impossibleLength(text.count) }
    return try [UInt8](capacity: text.count * 3 / 4) { (output) throws(Base64URLError) in
      let grouped = text.count / 4 * 4
      guard append(text.extracting(first: grouped), to: &output) else { throw invalidCharacter(in: text) }
      try append(rest: text.extracting(droppingFirst: grouped), of: text, to: &output)
    }
  }

  public static func decode(_ text: String) throws(Base64URLError) -> [UInt8] {
    try decode(Array(text.utf8).span)
  }

  /// Appends what whole groups of four characters stand for; `false` if one of them is outside the alphabet.
  private static func append(_ groups: Span<UInt8>, to output: inout OutputSpan<UInt8>) -> Bool {
    precondition(output.freeCapacity >= groups.count / 4 * 3)
    // Checked once for the whole text, bounds before and characters after: one by one that costs more than the rest.
    let bits = unsafe placedBits
    return unsafe groups.withUnsafeBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
        var seen: UInt32 = 0
        for index in stride(from: 0, to: source.count, by: 4) {
          let group =
            unsafe bits[Int(source[index])] | bits[256 &+ Int(source[index &+ 1])]
            | bits[512 &+ Int(source[index &+ 2])] | bits[768 &+ Int(source[index &+ 3])]
          seen |= group
          unsafe buffer[initialized] = UInt8(truncatingIfNeeded: group >> 16)
          unsafe buffer[initialized &+ 1] = UInt8(truncatingIfNeeded: group >> 8)
          unsafe buffer[initialized &+ 2] = UInt8(truncatingIfNeeded: group)
          initialized &+= 3
        }
        return seen >> 24 == 0
      }
    }
  }

  /// The bits of each character where they belong in a group of 24, for the first of four characters, the second and so
  /// on; outside the alphabet, bits beyond these.
  nonisolated(unsafe) private static let placedBits: UnsafePointer<UInt32> = {
    let bits = UnsafeMutablePointer<UInt32>.allocate(capacity: 4 * 256)
    for place in 0..<4 {
      for byte in 0..<256 {
        let value = values[byte]
        unsafe (bits + 256 * place + byte).initialize(
          to: value < 64 ? UInt32(value) << UInt32(18 - 6 * place) : 1 << 31)
      }
    }
    return unsafe UnsafePointer(bits)
  }()

  /// The last one or two bytes, of two or three characters.
  private static func append(
    rest: Span<UInt8>, of text: Span<UInt8>, to output: inout OutputSpan<UInt8>
  ) throws(Base64URLError) {
    var (bits, count): (UInt32, Int) = (0, 0)
    for index in rest.indices {
      let value = values[Int(rest[index])]
      guard value < 64 else { throw invalidCharacter(in: text) }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        output.append(UInt8(truncatingIfNeeded: bits >> count))
      }
    }
    guard bits & (1 << count - 1) == 0 else { throw .strayBits }
  }

  /// The first of them.
  private static func invalidCharacter(in text: Span<UInt8>) -> Base64URLError {
    guard let index = text.indices.first(where: { values[Int(text[$0])] > 63 }) else { return .strayBits }
    return .invalidCharacter(text[index], position: index)
  }

  /// The value of each character, 255 for those outside the alphabet.
  private static let values: [UInt8] = (0..<256).map { byte in
    for index in 0..<64 where alphabet[index] == byte { return UInt8(index) }
    return 255
  }
}
