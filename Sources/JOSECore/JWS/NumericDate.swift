import SystemSupport

/// Whole seconds since 1970-01-01T00:00:00Z (RFC 7519 §2). Tokens are minted with whole seconds; the fraction of a
/// claim from outside is dropped.
public struct NumericDate: Sendable, Hashable, Comparable {
  public var secondsSinceEpoch: Int64

  public init(_ secondsSinceEpoch: Int64) { self.secondsSinceEpoch = secondsSinceEpoch }

  /// A claim's date, without the fraction that others may give it. `nil` for what is no number, or one beyond 2^53, where a
  /// double is no longer exact to the second.
  package init?(claim value: JSONValue) {
    if let seconds = value.integer {
      self.init(seconds)
    } else if case .number(let number) = value, number.magnitude < 9_007_199_254_740_992 {
      self.init(Int64(number.rounded(.down)))
    } else {
      return nil
    }
  }

  public static func < (left: NumericDate, right: NumericDate) -> Bool {
    left.secondsSinceEpoch < right.secondsSinceEpoch
  }

  /// Later by a number of seconds. Stops at the ends of the range: a hostile `exp` must not trap.
  public func advanced(by seconds: Int64) -> NumericDate {
    let (sum, overflow) = secondsSinceEpoch.addingReportingOverflow(seconds)
    return NumericDate(overflow ? (seconds > 0 ? .max : .min) : sum)
  }

  /// Earlier by a number of seconds, with the same stops. `advanced(by: -seconds)` would trap for the least integer.
  package func reduced(by seconds: Int64) -> NumericDate {
    let (difference, overflow) = secondsSinceEpoch.subtractingReportingOverflow(seconds)
    return NumericDate(overflow ? (seconds > 0 ? .min : .max) : difference)
  }

  /// Seconds from `other` to this time.
  public func seconds(since other: NumericDate) -> Int64 {
    let (difference, overflow) = secondsSinceEpoch.subtractingReportingOverflow(other.secondsSinceEpoch)
    return overflow ? (self > other ? .max : .min) : difference
  }
}

extension NumericDate: CustomStringConvertible {
  /// `2026-11-21T08:00:00Z` for the years 0 to 9999, the bare number outside them.
  public var description: String {
    guard secondsSinceEpoch >= -62_167_219_200, self <= .lastOfYear9999 else { return "\(secondsSinceEpoch)" }
    let days = secondsSinceEpoch.quotientRoundedDown(by: 86_400)
    let second = secondsSinceEpoch - days * 86_400
    let (year, month, day) = Self.civilDate(days)
    let time = [second / 3600, second / 60 % 60, second % 60].map { Self.padded($0, 2) }.joined(
      separator: ":")
    return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))T\(time)Z"
  }

  /// 9999-12-31T23:59:59Z, the last time that four digits of a year can name.
  public static let lastOfYear9999 = NumericDate(253_402_300_799)

  /// The proleptic Gregorian date of a day counted from 1970-01-01, by eras of 400 years that begin on March 1st:
  /// so the leap day is the last of its year.
  private static func civilDate(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = shifted.quotientRoundedDown(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension Int64 {
  package func quotientRoundedDown(by divisor: Int64) -> Int64 {
    self >= 0 ? self / divisor : (self + 1) / divisor - 1
  }
}

/// Where the time comes from: the system's clock, or a test's.
public struct WallClock: Sendable {
  private let read: @Sendable () -> NumericDate

  public init(_ read: @escaping @Sendable () -> NumericDate) { self.read = read }

  public var now: NumericDate { read() }

  public static let system = WallClock { NumericDate(SystemClock.secondsSinceEpoch()) }

  public static func fixed(_ date: NumericDate) -> WallClock { WallClock { date } }
}
