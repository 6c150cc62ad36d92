import KeyRotation

/// Where a time is in a picture.
struct TimelineScale: Sendable {
  let from: Double
  let to: Double
  let duration: Double

  func x(_ time: Int64) -> Double { from + (to - from) * Double(time) / duration }
}

extension Double {
  /// With a decimal, if one is needed.
  var short: String {
    let tenths = Int((self * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
  }
}

/// In the unit that fits an axis.
func days(_ seconds: Int64) -> String {
  if seconds == 0 { return "0" }
  if seconds >= 86_400 { return "\((Double(seconds) / 86_400).short) d" }
  return seconds >= 3600 ? "\((Double(seconds) / 3600).short) h" : "\((Double(seconds) / 60).short) min"
}

func grouped(_ number: Int) -> String {
  var (digits, groups) = ("\(number)"[...], [Substring]())
  while digits.count > 3 {
    groups.append(digits.suffix(3))
    digits = digits.dropLast(3)
  }
  return ([digits] + groups.reversed()).joined(separator: ",")
}
