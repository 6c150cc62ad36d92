import JOSECore
import Testing

/// The error that text is refused with, or `nil` if it is taken.
func refusal(of text: String, limits: JSONLimits = JSONLimits()) -> JSONError? {
  refusal(of: Array(text.utf8), limits: limits)
}

func refusal(of bytes: [UInt8], limits: JSONLimits = JSONLimits()) -> JSONError? {
  do throws(JSONError) {
    _ = try JSONValue(parsing: bytes.span, limits: limits)
    return nil
  } catch { return error }
}

extension JSONError {
  /// Whether it is the parser's own refusal, not one of a limit.
  var isMalformed: Bool { if case .malformed = self { true } else { false } }

  var reason: String { if case .malformed(let reason, _) = self { reason } else { "" } }
}

func parsed(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }

func written(_ value: JSONValue) -> [UInt8] {
  var writer = JSONWriter()
  writer.write(value)
  return writer.bytes
}
