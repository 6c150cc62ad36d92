#if Client
import NIOHTTP1

extension HTTPHeaders {
  /// `max-age` in seconds (RFC 9111 §5.2.2.1). 0 if the response must not be stored, or if the number is malformed
  /// (§4.2.1); `nil` without the directive.
  var maxAge: Int64? {
    var found: Int64?
    for directive in self[canonicalForm: "Cache-Control"] {
      let parts = directive.lowercased().split(separator: "=", maxSplits: 1).map { $0.trimmed }
      switch parts.first {
      case "no-store", "no-cache": return 0
      case "max-age" where found == nil: found = parts.count == 2 ? parts[1].deltaSeconds : 0
      default: break
      }
    }
    return found
  }

  /// Seconds that the response has spent in caches (RFC 9111 §5.1).
  var age: Int64 { self[canonicalForm: "Age"].first.map { String($0).deltaSeconds } ?? 0 }

  /// The entity tag (RFC 9110 §8.8.3), unchanged.
  var entityTag: String? {
    guard let tag = first(name: "ETag"), (2...256).contains(tag.utf8.count), tag.hasSuffix("\""),
      tag.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
    else { return nil }
    return tag
  }
}

extension StringProtocol {
  fileprivate var trimmed: String {
    let start = drop { $0 == " " || $0 == "\t" }
    return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }

  /// RFC 9111 §1.2.2, at most 2³¹. Text that is not a number is 0.
  fileprivate var deltaSeconds: Int64 {
    let text = trimmed
    let digits =
      text.count > 1 && text.hasPrefix("\"") && text.hasSuffix("\"")
      ? String(text.dropFirst().dropLast()) : text
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return 0 }
    let largest: Int64 = 1 << 31
    return Swift.min(Int64(digits) ?? largest, largest)
  }
}
#endif
