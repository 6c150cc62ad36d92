/// Durations as people read and write them. Everything is in whole seconds.
package enum DurationFormat {
  private static let units: [(name: String, seconds: Int64)] = [
    ("d", 86_400), ("h", 3600), ("min", 60), ("s", 1),
  ]

  /// `1 d 6 min`: the two largest units that aren't zero, rounded down. A negative duration reads `0 s`.
  package static func text(_ seconds: Int64) -> String { text(seconds, units: 2) }

  package static func text(_ seconds: Int64, units count: Int) -> String {
    var (rest, parts) = (seconds, [String]())
    for unit in units where rest >= unit.seconds && parts.count < count {
      parts.append("\(rest / unit.seconds) \(unit.name)")
      rest %= unit.seconds
    }
    return parts.isEmpty ? "0 s" : parts.joined(separator: " ")
  }

  /// `90m`: what `seconds(_:)` reads, in the largest unit that is exact.
  package static func setting(_ seconds: Int64) -> String {
    let unit = units.first { seconds % $0.seconds == 0 && seconds != 0 } ?? ("s", 1)
    return "\(seconds / unit.seconds)\(unit.name.prefix(1))"
  }

  /// Reads a whole number and `s`, `m`, `h` or `d`, as settings and policies have it; `nil` for anything else, and for
  /// more than a hundred years, so that sums of durations and dates stay far from the ends of the integers.
  package static func seconds(_ setting: String) -> Int64? {
    guard let unit = units.first(where: { $0.name.first == setting.last }) else { return nil }
    let digits = setting.dropLast()
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int64(digits)
    else { return nil }
    let (seconds, overflow) = number.multipliedReportingOverflow(by: unit.seconds)
    return overflow || seconds > 36_525 * 86_400 ? nil : seconds
  }
}
