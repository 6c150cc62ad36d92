/// The host name of a shop, such as `snow-devil.myshopify.com`, in lower case.
public struct ShopDomain: Sendable, Hashable {
  public let host: String
  /// Whether it is `{shop}.myshopify.com` with a shop of two characters or more, as Shopify's Python library has it.
  public let isMyshopify: Bool

  /// Takes a bare host name (RFC 1123 §2.1): no scheme, no port, no path.
  public init(_ host: String) throws(IDTokenError) {
    // Before lower case: U+212A, the Kelvin sign, becomes an ASCII k in it.
    guard host.utf8.allSatisfy({ $0 < 0x80 }) else { throw .invalidShop(host) }
    let lowercased = host.lowercased()
    let labels = lowercased.split(separator: ".", omittingEmptySubsequences: false)
    guard lowercased.utf8.count <= 253, labels.count >= 2, labels.allSatisfy(Self.isLabel) else {
      throw .invalidShop(host)
    }
    self.host = lowercased
    isMyshopify = labels.count == 3 && labels[0].utf8.count >= 2 && labels[1...] == ["myshopify", "com"]
  }

  /// The shop as tokens name it in `dest`.
  public var origin: String { "https://\(host)" }

  private static func isLabel(_ label: Substring) -> Bool {
    guard (1...63).contains(label.utf8.count), label.first != "-", label.last != "-" else { return false }
    return label.utf8.allSatisfy { byte in
      byte.isDigit || byte == UInt8(ascii: "-") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
  }
}
