/// Appends JSON to a buffer without white space: what is signed is short, and the same every time.
package struct JSONWriter: Sendable {
  package private(set) var bytes: [UInt8] = []
  private let indentation: Int?
  private var depth = 0

  /// - Parameter indentation: spaces for each level, for people; `nil` for machines.
  package init(indentation: Int? = nil) {
    self.indentation = indentation
    // Most are headers and claims, which then grow in place.
    bytes.reserveCapacity(512)
  }

  package mutating func write(_ value: JSONValue) {
    switch value {
    case .null: append("null")
    case .bool(let value): append(value ? "true" : "false")
    case .integer(let value): append(String(value))
    case .number(let value): write(value)
    case .string(let value): write(value)
    case .array(let values): write(values)
    case .object(let object): write(object)
    }
  }

  package mutating func write(_ object: JSONObject) {
    writeList(object.members, "{", "}") { writer, member in
      writer.write(member.name)
      writer.bytes.append(UInt8(ascii: ":"))
      if writer.indentation != nil { writer.bytes.append(UInt8(ascii: " ")) }
      writer.write(member.value)
    }
  }

  package mutating func write(_ values: [JSONValue]) {
    writeList(values, "[", "]") { $0.write($1) }
  }

  /// Escapes what RFC 8259 §7 says must be escaped, and leaves everything else as it is.
  package mutating func write(_ string: String) {
    bytes.append(UInt8(ascii: "\""))
    defer { bytes.append(UInt8(ascii: "\"")) }
    if !string.needsEscapes { return append(string) }
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""): append("\\\"")
      case UInt8(ascii: "\\"): append("\\\\")
      case 0x0a: append("\\n")
      case 0x0d: append("\\r")
      case 0x09: append("\\t")
      case 0..<0x20: append(Self.escape(byte))
      default: bytes.append(byte)
      }
    }
  }

  /// JSON has no infinities and no NaN (RFC 8259 §6); what can't be said becomes `null`, as in ECMAScript.
  private mutating func write(_ number: Double) { append(number.isFinite ? String(number) : "null") }

  private mutating func writeList<Element>(
    _ elements: [Element], _ open: StaticString, _ close: StaticString,
    _ writeElement: (inout JSONWriter, Element) -> Void
  ) {
    append(open)
    depth += 1
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      breakLine()
      writeElement(&self, element)
    }
    depth -= 1
    if !elements.isEmpty { breakLine() }
    append(close)
  }

  private mutating func breakLine() {
    guard let indentation else { return }
    append("\n" + String(repeating: " ", count: indentation * depth))
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// A string of which the caller knows that nothing in it needs an escape.
  package mutating func append(plain text: String) { append(text) }

  /// JSON as it stands.
  package mutating func append(_ text: StaticString) {
    unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private static func escape(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}

extension String {
  fileprivate var needsEscapes: Bool {
    let text = utf8
    let bytes = text.span
    var offset = 0
    // Eight at a time: a session's first token looks at some 200.
    while offset &+ 8 <= bytes.count {
      let eight = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
      if eight.holdsEscaped { return true }
      offset &+= 8
    }
    return (offset..<bytes.count).contains { UInt64(repeating: bytes[$0]).holdsEscaped }
  }
}

extension JSONValue: CustomStringConvertible {
  /// The value as JSON without white space.
  public var description: String { text() }

  public func text(indentation: Int? = nil) -> String {
    var writer = JSONWriter(indentation: indentation)
    writer.write(self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension JSONObject: CustomStringConvertible {
  public var description: String { JSONValue.object(self).description }
}
