/// base64url without padding (RFC 7515 §2, RFC 4648 §5).
package enum Base64URL {
  /// Characters that `count` bytes become.
  package static func encodedLength(_ count: Int) -> Int { (count * 4 + 2) / 3 }

  package static func encode(_ bytes: Span<UInt8>) -> String {
    String(decoding: encodedBytes(bytes), as: UTF8.self)
  }

  package static func encodedBytes(_ bytes: Span<UInt8>) -> [UInt8] {
    [UInt8](capacity: encodedLength(bytes.count)) { append(bytes, to: &$0) }
  }
}

extension Base64URL {
  /// Appends the text of `bytes`; the caller has seen to the capacity.
  package static func append(_ bytes: Span<UInt8>, to output: inout OutputSpan<UInt8>) {
    precondition(
      output.freeCapacity >= encodedLength(bytes.count), "room for \(bytes.count) bytes of base64url")
    // Bounds are checked once for the whole text above; per character they cost more than the encoding.
    unsafe bytes.withUnsafeBytes { source in
      unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
        if let first = source.baseAddress,
          let end = unsafe buffer.baseAddress.map({ unsafe $0 + initialized })
        {
          unsafe encode(first, source.count, end)
        }
        initialized += encodedLength(source.count)
      }
    }
  }

  /// Writes the text of `bytes` over what stands at `place`.
  package static func write(_ bytes: Span<UInt8>, to output: inout MutableSpan<UInt8>, at offset: Int) {
    precondition(output.count - offset >= encodedLength(bytes.count))
    unsafe bytes.withUnsafeBytes { source in
      unsafe output.withUnsafeMutableBytes { target in
        guard let first = source.baseAddress, let start = target.baseAddress else { return }
        unsafe encode(first, source.count, start + offset)
      }
    }
  }

  private static func encode(_ source: UnsafeRawPointer, _ count: Int, _ target: UnsafeMutableRawPointer) {
    let pairs = unsafe pairs
    var (read, write) = (0, 0)
    // Eight bytes are loaded at once, and the first six count.
    while read <= count &- 8 {
      let bits = unsafe source.loadUnaligned(fromByteOffset: read, as: UInt64.self).bigEndian
      let first = unsafe characters(UInt32(truncatingIfNeeded: bits >> 32), pairs)
      let second = unsafe characters(UInt32(truncatingIfNeeded: bits >> 8), pairs)
      let text = (UInt64(first) | UInt64(second) << 32).littleEndian
      unsafe target.storeBytes(of: text, toByteOffset: write, as: UInt64.self)
      read &+= 6
      write &+= 8
    }
    while read <= count &- 3 {
      let high = unsafe source.loadUnaligned(fromByteOffset: read, as: UInt16.self).bigEndian
      let low = unsafe source.load(fromByteOffset: read &+ 2, as: UInt8.self)
      let text = unsafe characters(UInt32(high) << 16 | UInt32(low) << 8, pairs).littleEndian
      unsafe target.storeBytes(of: text, toByteOffset: write, as: UInt32.self)
      read &+= 3
      write &+= 4
    }
    guard read < count else { return }
    let first = unsafe source.load(fromByteOffset: read, as: UInt8.self)
    let second = read &+ 1 < count ? unsafe source.load(fromByteOffset: read &+ 1, as: UInt8.self) : 0
    let text = unsafe characters(UInt32(first) << 24 | UInt32(second) << 16, pairs)
    unsafe target.storeBytes(
      of: UInt16(truncatingIfNeeded: text).littleEndian, toByteOffset: write, as: UInt16.self)
    guard read &+ 1 < count else { return }
    unsafe target.storeBytes(
      of: UInt8(truncatingIfNeeded: text >> 16), toByteOffset: write &+ 2, as: UInt8.self)
  }

  /// The characters of the highest 24 bits, the first one in the lowest byte.
  @inline(__always)
  private static func characters(_ bits: UInt32, _ pairs: UnsafePointer<UInt16>) -> UInt32 {
    unsafe UInt32(pairs[Int(bits >> 20)]) | UInt32(pairs[Int(bits >> 8 & 0xfff)]) << 16
  }

  /// The two characters of each twelve bits, the first one in the lower byte: half the look-ups of one by one. It lives as
  /// long as the process, so a look-up counts no references.
  nonisolated(unsafe) private static let pairs: UnsafePointer<UInt16> = {
    let pairs = UnsafeMutablePointer<UInt16>.allocate(capacity: 4096)
    for bits in 0..<4096 {
      unsafe (pairs + bits).initialize(to: UInt16(alphabet[bits >> 6]) | UInt16(alphabet[bits & 63]) << 8)
    }
    return unsafe UnsafePointer(pairs)
  }()

  static let alphabet = InlineArray<64, UInt8> { index in
    Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)[index]
  }
}

extension Base64URL {
  /// Strict: no padding, no white space, no character of plain base64, no stray bits in the last character
  /// (RFC 4648 §3.5), so that no two texts decode to the same bytes.
  package static func decode(_ text: Span<UInt8>) throws(JOSEError) -> [UInt8] {
    guard text.count % 4 != 1 else { throw .impossibleLength(text.count) }
    return try [UInt8](capacity: text.count * 3 / 4) { (output) throws(JOSEError) in
      let grouped = text.count / 4 * 4
      guard append(text.extracting(first: grouped), to: &output) else { throw invalidCharacter(in: text) }
      try append(rest: text.extracting(droppingFirst: grouped), of: text, to: &output)
    }
  }

  package static func decode(_ text: String) throws(JOSEError) -> [UInt8] {
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
    for offset in 0..<4 {
      for byte in 0..<256 {
        let value = values[byte]
        unsafe (bits + 256 * offset + byte).initialize(
          to: value < 64 ? UInt32(value) << UInt32(18 - 6 * offset) : 1 << 31)
      }
    }
    return unsafe UnsafePointer(bits)
  }()

  /// The last one or two bytes, of two or three characters.
  private static func append(
    rest: Span<UInt8>, of text: Span<UInt8>, to output: inout OutputSpan<UInt8>
  ) throws(JOSEError) {
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
  private static func invalidCharacter(in text: Span<UInt8>) -> JOSEError {
    guard let index = text.indices.first(where: { values[Int(text[$0])] > 63 }) else { return .strayBits }
    return .invalidCharacter(text[index], position: index)
  }

  /// The value of each character, 255 for those outside the alphabet.
  private static let values: [UInt8] = (0..<256).map { byte in
    for index in 0..<64 where alphabet[index] == byte { return UInt8(index) }
    return 255
  }
}
