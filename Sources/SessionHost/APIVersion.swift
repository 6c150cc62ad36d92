/// A version of the POS UI extensions API, from `2022-10` to `2026-10`, one each quarter.
public struct APIVersion: Sendable, Hashable, Comparable {
  public let year: Int
  public let month: Int

  public init(_ text: String) throws(SessionError) {
    let parts = text.split(separator: "-")
    guard parts.count == 2, let year = Int(parts[0]), let month = Int(parts[1]),
      [1, 4, 7, 10].contains(month)
    else { throw .unknownVersion(text) }
    self.init(year, month)
    // Compared as text, for `Int` takes a plus sign and leading zeros too.
    guard (Self.first...Self.latest).contains(self), description == text else {
      throw .unknownVersion(text)
    }
  }

  fileprivate init(_ year: Int, _ month: Int) { (self.year, self.month) = (year, month) }

  public static func < (left: APIVersion, right: APIVersion) -> Bool {
    (left.year, left.month) < (right.year, right.month)
  }

  public static let first = APIVersion(2022, 10)
  public static let latest = APIVersion(2026, 10)
}

extension APIVersion {
  /// The versions from which extensions see a field.
  enum Since {
    static let currency = APIVersion(2025, 1)
    static let posVersion = APIVersion(2025, 7)
    static let deviceId = APIVersion(2026, 4)
    static let staffMember = APIVersion(2026, 7)
  }

  /// The version from which they see it no more.
  enum Until {
    static let staffMemberId = APIVersion(2026, 10)
  }
}

extension APIVersion: CustomStringConvertible {
  public var description: String { "\(year)-\(month < 10 ? "0" : "")\(month)" }
}
