#if Server
import HTTPTypes

extension HTTPRequest {
  /// RFC 9112 §3.2: with several a proxy and this server may each go by another one. The first has become the
  /// authority, and only others are left among the fields.
  var hasOneHost: Bool {
    guard headerFields[named: .host] == nil else { return false }
    return authority?.utf8.allSatisfy(\.canStandInHost) ?? true
  }

  /// Whether the body is held back until it is asked for (RFC 9110 §10.1.1).
  var expectsContinue: Bool { headerFields[.expect]?.lowercased() == "100-continue" }

  /// Connection options are compared without case, and one of several counts too (RFC 9110 §7.6.1); Hummingbird knows
  /// `close` alone. Answers whether anything was changed.
  mutating func normalizeClose() -> Bool {
    guard let options = headerFields[.connection], options != "close", options != "keep-alive",
      options.lowercased().split(separator: ",").contains(where: { $0.filter { $0 != " " } == "close" })
    else { return false }
    headerFields[.connection] = "close"
    return true
  }
}

extension HTTPField.Name {
  fileprivate static let host = HTTPField.Name("Host")
}

extension UInt8 {
  /// Of `uri-host [":" port]` (RFC 3986 §3.2): no user, no path, no list.
  fileprivate var canStandInHost: Bool {
    switch Unicode.Scalar(self) {
    case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_", ":", "[", "]", "~", "%": true
    default: false
    }
  }
}
#endif
