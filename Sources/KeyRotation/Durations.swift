/// Durations in words, as a policy writes them: a whole number and `s`, `m`, `h` or `d`.
enum DurationWords {
  private static let units: [(name: Character, seconds: Int64)] = [
    ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
  ]

  static func seconds(_ text: String) -> Int64? {
    guard let unit = units.first(where: { $0.name == text.last }) else { return nil }
    let digits = text.dropLast()
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int64(digits)
    else {
      return nil
    }
    let (seconds, overflow) = number.multipliedReportingOverflow(by: unit.seconds)
    // A hundred years: sums of durations and dates stay far from the ends of the integers.
    return overflow || seconds > 36_525 * 86_400 ? nil : seconds
  }

  /// In the largest unit that is exact.
  static func text(_ seconds: Int64) -> String {
    let unit = units.first { seconds % $0.seconds == 0 && seconds != 0 } ?? ("s", 1)
    return "\(seconds / unit.seconds)\(unit.name)"
  }
}
