import CJansson

extension JSONValue {
  /// Parses JSON strictly: one value and nothing after it, UTF-8, no name twice (RFC 8725 §2.6 is what that prevents),
  /// no NUL in a string, bounded size and depth.
  ///
  /// - Parameters:
  ///   - bytes: the text, in UTF-8.
  ///   - maximumLength: in bytes. The default suits a token; a file may be larger.
  ///   - maximumDepth: of objects and arrays in each other.
  public init(parsing bytes: Span<UInt8>, maximumLength: Int = 64 << 10, maximumDepth: Int = 16)
    throws(JOSEError)
  {
    guard bytes.count <= maximumLength else { throw .tooLong(bytes: bytes.count, limit: maximumLength) }
    if maximumDepth > 0, let object = JSONObject(flat: bytes) {
      self = .object(object)
      return
    }
    // jansson drops a NUL behind a number or a word instead of refusing it (seen in 2.14).
    if let position = bytes.indices.first(where: { bytes[$0] == 0 }) {
      throw .malformed(reason: "NUL byte", position: position)
    }
    // jansson's own bound is 2048 levels, fixed when it was built; counting first keeps our recursion shallow too.
    guard bytes.nesting <= maximumDepth else { throw .tooDeep(limit: maximumDepth) }
    let document = try Document(bytes)
    self = unsafe JSONValue(document.root)
  }

  public init(parsing text: String, maximumLength: Int = 64 << 10, maximumDepth: Int = 16) throws(JOSEError) {
    try self.init(parsing: Array(text.utf8).span, maximumLength: maximumLength, maximumDepth: maximumDepth)
  }
}

extension JSONObject {
  public init(parsing bytes: Span<UInt8>, maximumLength: Int = 64 << 10, maximumDepth: Int = 16)
    throws(JOSEError)
  {
    let value = try JSONValue(parsing: bytes, maximumLength: maximumLength, maximumDepth: maximumDepth)
    guard case .object(let object) = value else { throw .notAnObject(found: value.typeName) }
    self = object
  }

  public init(parsing text: String, maximumLength: Int = 64 << 10, maximumDepth: Int = 16) throws(JOSEError) {
    try self.init(parsing: Array(text.utf8).span, maximumLength: maximumLength, maximumDepth: maximumDepth)
  }
}

/// Owns one reference to a jansson value.
@safe
private struct Document: ~Copyable {
  let root: UnsafeMutablePointer<json_t>

  init(_ bytes: Span<UInt8>) throws(JOSEError) {
    var error = json_error_t()
    let flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY
    let parsed = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe buffer.withMemoryRebound(to: CChar.self) {
        unsafe json_loadb($0.baseAddress, $0.count, size_t(flags), &error)
      }
    }
    guard let parsed = unsafe parsed else {
      throw .malformed(reason: error.reason, position: Int(error.position))
    }
    unsafe root = parsed
  }

  deinit { unsafe json_decref(root) }
}

extension json_error_t {
  /// What is wrong. Where jansson's own text would tell a user about its flags and types, ours stands instead.
  fileprivate var reason: String {
    var copy = self
    switch unsafe json_error_code(&copy) {
    case json_error_null_character: return "a string contains \\u0000, which is not supported"
    case json_error_null_byte_in_key: return "a member's name contains \\u0000, which is not supported"
    case json_error_invalid_utf8: return "not UTF-8"
    default:
      let text = unsafe withUnsafeBytes(of: &copy.text) {
        unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      return text.printable
    }
  }
}

extension JSONValue {
  /// Copies a jansson value; `Document` has seen to it that it is not deep.
  fileprivate init(_ value: UnsafeMutablePointer<json_t>) {
    switch unsafe value.pointee.type {
    case JSON_TRUE: self = .bool(true)
    case JSON_FALSE: self = .bool(false)
    case JSON_INTEGER: self = unsafe .integer(Int64(json_integer_value(value)))
    case JSON_REAL: self = unsafe .number(json_real_value(value))
    case JSON_STRING:
      self = unsafe .string(String(jansson: json_string_value(value), json_string_length(value)))
    case JSON_ARRAY:
      self = .array(
        unsafe (0..<json_array_size(value)).compactMap { index in
          unsafe json_array_get(value, index).map { unsafe JSONValue($0) }
        })
    case JSON_OBJECT: self = unsafe .object(JSONObject(value))
    default: self = .null
    }
  }
}

extension JSONObject {
  fileprivate init(_ object: UnsafeMutablePointer<json_t>) {
    var iterator = unsafe json_object_iter(object)
    while let current = unsafe iterator {
      let name = unsafe String(cString: json_object_iter_key(current))
      if let value = unsafe json_object_iter_value(current) {
        // jansson has refused duplicates, so appending can't make one.
        unsafe members.append(Member(name: name, value: JSONValue(value)))
      }
      unsafe iterator = json_object_iter_next(object, current)
    }
  }
}

extension String {
  /// jansson hands out valid UTF-8 only.
  fileprivate init(jansson text: UnsafePointer<CChar>?, _ length: Int) {
    let bytes = unsafe UnsafeBufferPointer(start: text, count: length)
    self = unsafe bytes.withMemoryRebound(to: UInt8.self) { unsafe String(decoding: $0, as: UTF8.self) }
  }
}

extension String {
  /// The text without what moves a terminal's cursor or turns its direction: jansson's reasons quote the input.
  fileprivate var printable: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator: "\u{fffd}"
          default: scalar
          }
        }))
  }
}

extension Span<UInt8> {
  /// The deepest nesting of arrays and objects, brackets inside strings left out.
  fileprivate var nesting: Int {
    var (depth, deepest) = (0, 0)
    var (inString, escaped) = (false, false)
    for index in indices {
      let byte = self[index]
      if inString {
        if escaped {
          escaped = false
        } else if byte == UInt8(ascii: "\\") {
          escaped = true
        } else if byte == UInt8(ascii: "\"") {
          inString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): inString = true
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      default: break
      }
      deepest = Swift.max(deepest, depth)
    }
    return deepest
  }
}
