/// The host name of a shop, such as `snow-devil.myshopify.com`, in lower case.
public struct ShopDomain: Sendable, Hashable, ExpressibleByStringLiteral {
  public let host: String
  /// Whether it is `{shop}.myshopify.com` with a shop of two characters or more, as Shopify's Python library has it.
  public let isMyshopify: Bool

  private let isValid: Bool

  /// - Parameter host: a bare host name (RFC 1123 §2.1): no scheme, no port, no path.
  public init(_ host: String) throws(IDTokenError) {
    self.init(unchecked: host)
    try check()
  }

  /// A literal is checked when it is used, with the error of the throwing initializer.
  public init(stringLiteral host: String) { self.init(unchecked: host) }

  private init(unchecked host: String) {
    // Before lower case: U+212A, the Kelvin sign, becomes an ASCII k in it.
    let isASCII = host.utf8.allSatisfy { $0 < 0x80 }
    // Nearly all are in lower case as they come.
    let lowercased = host.utf8.contains { (0x41...0x5a).contains($0) } ? host.lowercased() : host
    let labels = isASCII && lowercased.utf8.count <= 253 ? Labels(lowercased.utf8) : nil
    isValid = labels != nil
    self.host = isValid ? lowercased : host
    isMyshopify =
      labels.map { $0.count == 3 && $0.first >= 2 && lowercased.hasSuffix(".myshopify.com") } ?? false
  }

  /// Whether a `dest` is the origin of a shop under myshopify.com.
  static func isMyshopify(origin: String) -> Bool {
    guard origin.hasPrefix("https://"), origin.hasSuffix(".myshopify.com"), origin.utf8.count <= 261,
      let labels = Labels(origin.utf8.dropFirst(8))
    else { return false }
    return labels.count == 3 && labels.first >= 2
  }

  package func check() throws(IDTokenError) {
    guard isValid else { throw .invalidShop(host) }
  }

  /// The shop as tokens name it in `dest`.
  public var origin: String { "https://\(host)" }

  /// The labels of a host name in lower case, two or more, by their lengths.
  private struct Labels {
    private(set) var count = 0
    private(set) var first = 0
    private var length = 0
    private var last = UInt8(ascii: "-")

    init?(_ host: some Sequence<UInt8>) {
      for byte in host {
        guard byte == UInt8(ascii: ".") ? end() : add(byte) else { return nil }
        last = byte
      }
      guard end(), count >= 2 else { return nil }
    }

    private mutating func add(_ byte: UInt8) -> Bool {
      let isHyphen = byte == UInt8(ascii: "-")
      length += 1
      return byte.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || isHyphen && length > 1
    }

    private mutating func end() -> Bool {
      guard (1...63).contains(length), last != UInt8(ascii: "-") else { return false }
      if count == 0 { first = length }
      (count, length) = (count + 1, 0)
      return true
    }
  }
}
