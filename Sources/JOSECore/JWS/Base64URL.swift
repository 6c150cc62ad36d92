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
  package static func write(_ bytes: Span<UInt8>, to output: inout MutableSpan<UInt8>, at place: Int) {
    precondition(output.count - place >= encodedLength(bytes.count))
    unsafe bytes.withUnsafeBytes { source in
      unsafe output.withUnsafeMutableBytes { target in
        guard let first = source.baseAddress, let start = target.baseAddress else { return }
        unsafe encode(first, source.count, start + place)
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
