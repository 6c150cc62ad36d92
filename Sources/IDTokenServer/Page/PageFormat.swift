#if Server
import JOSECore

/// Dates and numbers as people read them.
enum PageFormat {
  /// `24 Nov 2026, 08:00 UTC`.
  static func moment(_ date: NumericDate) -> String {
    guard let day = day(date) else { return "\(date)" }
    return "\(day) \(date.description.prefix(4)), \(time(date)) UTC"
  }

  /// `24 Nov`.
  static func day(_ date: NumericDate) -> String? {
    let parts = date.description.prefix(10).split(separator: "-")
    guard parts.count == 3, let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month)
    else { return nil }
    return "\(day) \(months[month - 1])"
  }

  /// `08:00`.
  static func time(_ date: NumericDate) -> String { String(date.description.dropFirst(11).prefix(5)) }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `1,240`, with a decimal below ten and two below one where there is more than the whole number.
  static func number(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    let scale: Double = value < 1 ? 100 : value < 10 ? 10 : 1
    let rounded = (value * scale).rounded() / scale
    return Int64(exactly: rounded).map { grouped($0) } ?? "\(rounded)"
  }

  private static func grouped(_ number: Int64) -> String {
    var (digits, groups) = ("\(number)"[...], [Substring]())
    while digits.count > 3 {
      groups.append(digits.suffix(3))
      digits = digits.dropLast(3)
    }
    return ([digits] + groups.reversed()).joined(separator: ",")
  }
}
#endif
