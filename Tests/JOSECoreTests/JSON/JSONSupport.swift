import JOSECore
import Testing

/// The error that text is refused with, or `nil` if it is taken.
func refusal(of text: String, maximumLength: Int = 64 << 10, maximumDepth: Int = 16) -> JOSEError? {
  refusal(of: Array(text.utf8), maximumLength: maximumLength, maximumDepth: maximumDepth)
}

func refusal(of bytes: [UInt8], maximumLength: Int = 64 << 10, maximumDepth: Int = 16) -> JOSEError? {
  do throws(JOSEError) {
    _ = try JSONValue(parsing: bytes.span, maximumLength: maximumLength, maximumDepth: maximumDepth)
    return nil
  } catch { return error }
}

extension JOSEError {
  /// Whether it is the parser's own refusal, not one of a limit.
  var isMalformed: Bool { description.hasPrefix("malformed JSON") }

  /// The parser's words, behind the position.
  var reason: String { isMalformed ? String(description.drop { $0 != ":" }.dropFirst(2)) : "" }
}

func parsed(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }

func written(_ value: JSONValue) -> [UInt8] {
  var writer = JSONWriter()
  writer.write(value)
  return writer.bytes
}
