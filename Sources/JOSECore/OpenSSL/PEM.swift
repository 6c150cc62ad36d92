import COpenSSL

/// Owns one memory `BIO`, OpenSSL's view of bytes as a file.
@safe
struct MemoryBIO: ~Copyable {
  let pointer: OpaquePointer

  init() throws(JWAError) { unsafe pointer = try check(BIO_new(BIO_s_mem()), "make a buffer") }

  deinit { unsafe BIO_free(pointer) }

  func write(_ bytes: Span<UInt8>) throws(JWAError) {
    let written = unsafe bytes.withUnsafeBufferPointer {
      unsafe BIO_write(pointer, $0.baseAddress, Int32(clamping: $0.count))
    }
    guard Int(written) == bytes.count else { throw .lastOpenSSLError("buffer \(bytes.count) bytes") }
  }

  func contents() throws(JWAError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: unsafe BIO_ctrl_pending(pointer))
    guard unsafe BIO_read(pointer, &bytes, Int32(bytes.count)) == bytes.count else {
      throw .lastOpenSSLError("read a buffer")
    }
    return bytes
  }
}

/// The textual encodings of RFC 7468, by their labels.
enum PEM {
  static let privateLabels = ["PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"]

  /// Refuses text without a block of one of these labels, saying what is there instead.
  static func require(_ labels: [String], in text: Span<UInt8>, _ wanted: String) throws(JWAError) -> String {
    let found = self.labels(in: text)
    if let label = found.first(where: labels.contains) { return label }
    let seen = found.isEmpty ? "there is no PEM block in it" : "it holds \(found.joined(separator: ", "))"
    throw .invalidPEM("\(wanted) is expected, and \(seen)")
  }

  private static func labels(in text: Span<UInt8>) -> [String] {
    let (begin, end) = (Array("-----BEGIN ".utf8), Array("-----".utf8))
    return text.split(by: UInt8(ascii: "\n")).compactMap { line -> String? in
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line[...]
      guard line.starts(with: begin), line.suffix(5) == end[...], line.count > 16 else { return nil }
      // RFC 7468 §3: labels are printable ASCII. Anything else must not reach a terminal by way of an error.
      guard line.allSatisfy({ (0x20...0x7e).contains($0) }) else { return nil }
      return String(decoding: line.dropFirst(begin.count).dropLast(end.count), as: UTF8.self)
    }
  }
}

extension Span<UInt8> {
  /// Lines of armour, at most 80 bytes of each: a label fits, and no key material is copied around.
  fileprivate func split(by separator: UInt8) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var start = 0
    for index in 0...count where index == count || self[index] == separator {
      let line = extracting(start..<index)
      if line.count >= 2, line[0] == UInt8(ascii: "-"), line.count <= 80 { lines.append(line.map { $0 }) }
      start = index + 1
    }
    return lines
  }
}
