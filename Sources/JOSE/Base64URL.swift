/// base64url without padding (RFC 7515 §2, RFC 4648 §5).
public enum Base64URL {
  /// Characters that `count` bytes become.
  public static func encodedLength(_ count: Int) -> Int { (count * 4 + 2) / 3 }

  public static func encode(_ bytes: Span<UInt8>) -> String {
    String(decoding: encodedBytes(bytes), as: UTF8.self)
  }

  package static func encodedBytes(_ bytes: Span<UInt8>) -> [UInt8] {
    [UInt8](capacity: encodedLength(bytes.count)) { append(bytes, to: &$0) }
  }

  /// Strict: no padding, no white space, no character of plain base64, no stray bits in the last character
  /// (RFC 4648 §3.5), so that no two texts decode to the same bytes.
  public static func decode(_ text: Span<UInt8>) throws(Base64URLError) -> [UInt8] {
    guard text.count % 4 != 1 else { throw .impossibleLength(text.count) }
    return try [UInt8](capacity: text.count * 3 / 4) { (output) throws(Base64URLError) in
      var (bits, count): (UInt32, Int) = (0, 0)
      for index in text.indices {
        let value = values[Int(text[index])]
        guard value < 64 else { throw .invalidCharacter(text[index], position: index) }
        bits = bits << 6 | UInt32(value)
        count += 6
        if count >= 8 {
          count -= 8
          output.append(UInt8(truncatingIfNeeded: bits >> count))
        }
      }
      guard bits & (1 << count - 1) == 0 else { throw .strayBits }
    }
  }

  public static func decode(_ text: String) throws(Base64URLError) -> [UInt8] {
    try decode(Array(text.utf8).span)
  }
}

extension Base64URL {
  /// Appends the text of `bytes`; the caller has seen to the capacity.
  package static func append(_ bytes: Span<UInt8>, to output: inout OutputSpan<UInt8>) {
    precondition(
      output.freeCapacity >= encodedLength(bytes.count), "room for \(bytes.count) bytes of base64url")
    // Bounds are checked once for the whole text above; per character they cost more than the encoding.
    unsafe bytes.withUnsafeBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
        unsafe encode(source, UnsafeMutableBufferPointer(rebasing: buffer[initialized...]))
        initialized += encodedLength(source.count)
      }
    }
  }

  private static func encode(
    _ source: UnsafeBufferPointer<UInt8>, _ target: UnsafeMutableBufferPointer<UInt8>
  ) {
    var (read, write) = (0, 0)
    while read + 3 <= source.count {
      let bits = unsafe UInt32(source[read]) << 16 | UInt32(source[read + 1]) << 8 | UInt32(source[read + 2])
      for place in 0..<4 { unsafe target[write + place] = character(bits >> (18 - 6 * UInt32(place))) }
      read += 3
      write += 4
    }
    guard read < source.count else { return }
    let second = unsafe read + 1 < source.count ? UInt32(source[read + 1]) << 8 : 0
    let bits = unsafe UInt32(source[read]) << 16 | second
    unsafe target[write] = character(bits >> 18)
    unsafe target[write + 1] = character(bits >> 12)
    if read + 1 < source.count { unsafe target[write + 2] = character(bits >> 6) }
  }

  private static func character(_ bits: UInt32) -> UInt8 { alphabet[Int(bits & 63)] }

  private static let alphabet = InlineArray<64, UInt8> { index in
    Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)[index]
  }

  /// The value of each character, 255 for those outside the alphabet.
  private static let values = InlineArray<256, UInt8> { byte in
    for index in 0..<64 where alphabet[index] == byte { return UInt8(index) }
    return 255
  }
}

public enum Base64URLError: Error, Sendable, Equatable {
  case impossibleLength(Int)
  case invalidCharacter(UInt8, position: Int)
  /// The last character holds bits that belong to no byte.
  case strayBits
}

extension Base64URLError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .impossibleLength(let count): "\(count) characters can't be base64url"
    case .invalidCharacter(let byte, let position):
      "byte 0x\(String(byte, radix: 16)) at position \(position) is not in the base64url alphabet"
    case .strayBits: "the last base64url character has bits that belong to no byte"
    }
  }
}
