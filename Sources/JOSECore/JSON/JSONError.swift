/// Why bytes were refused as JSON.
public enum JSONError: Error, Sendable, Equatable {
  case tooLong(bytes: Int, limit: Int)
  case tooDeep(limit: Int)
  /// Not JSON, a name given twice, or a number out of range; the position counts bytes from 0.
  case malformed(reason: String, position: Int)
  case notAnObject(found: String)
}

extension JSONError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooLong(let bytes, let limit): "\(bytes) bytes of JSON; \(limit) is the most"
    case .tooDeep(let limit): "JSON nested deeper than \(limit) levels"
    case .malformed(let reason, let position): "malformed JSON at byte \(position): \(reason)"
    case .notAnObject(let found): "a JSON object is expected, and this is \(found)"
    }
  }
}
