/// Decides whether a host name or an IP address stands for this machine.
///
/// Everything that depends on it, plain HTTP and the operator's access among them, asks here. A form that isn't listed
/// doesn't count: `127.1` and octal numbers are read differently by different programs.
package enum LoopbackHost {
  /// - Parameter host: a host without a port, such as `localhost`, `127.0.0.1`, `::1`, `[::1]` or `::ffff:127.0.0.1`.
  package static func matches(_ host: some StringProtocol) -> Bool {
    let host = host.lowercased()
    if host == "localhost" || host == "localhost." { return true }
    guard host.hasPrefix("[") else { return isIPv4(host[...]) || isIPv6(host[...]) }
    return host.hasSuffix("]") && isIPv6(host.dropFirst().dropLast())
  }

  /// - Parameter authority: a `Host` field, or what stands between `//` and the path of a URL: with a port or without.
  package static func matches(authority: some StringProtocol) -> Bool {
    host(ofAuthority: authority).map { matches($0) } ?? false
  }

  /// The host of `host[:port]` (RFC 3986 §3.2), an IPv6 address in its brackets; `nil` for anything malformed, or with
  /// a user.
  package static func host(ofAuthority authority: some StringProtocol) -> String? {
    let authority = String(authority)
    guard !authority.contains("@") else { return nil }
    let end: String.Index
    if authority.hasPrefix("[") {
      guard let bracket = authority.firstIndex(of: "]") else { return nil }
      end = authority.index(after: bracket)
    } else {
      end = authority.firstIndex(of: ":") ?? authority.endIndex
    }
    let (host, rest) = (authority[..<end], authority[end...])
    guard !host.isEmpty, rest.isEmpty || isPort(rest) else { return nil }
    return String(host)
  }

  /// The port may be empty (RFC 3986 §3.2.3).
  private static func isPort(_ text: Substring) -> Bool {
    text.hasPrefix(":") && text.utf8.count <= 6
      && text.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
  }

  /// 127.0.0.0/8 (RFC 1122 §3.2.1.3).
  private static func isIPv4(_ text: Substring) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let octets = parts.compactMap { part in UInt8(part).flatMap { String($0) == part ? $0 : nil } }
    return parts.count == 4 && octets.count == 4 && octets[0] == 127
  }

  /// `::1` (RFC 4291 §2.5.3), or 127.0.0.0/8 mapped into IPv6 (§2.5.5.2) with its last part as IPv4 or in hexadecimal.
  private static func isIPv6(_ text: Substring) -> Bool {
    if text == "::1" || text == "0:0:0:0:0:0:0:1" { return true }
    guard let prefix = ["::ffff:", "0:0:0:0:0:ffff:"].first(where: text.hasPrefix) else { return false }
    let mapped = text.dropFirst(prefix.utf8.count)
    if isIPv4(mapped) { return true }
    let groups = mapped.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = groups.compactMap { $0.utf8.count <= 4 ? UInt16($0, radix: 16) : nil }
    return groups.count == 2 && numbers.count == 2 && numbers[0] >> 8 == 127 && !mapped.contains("+")
  }
}
