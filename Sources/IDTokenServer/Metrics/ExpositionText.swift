#if Server
/// Text exposition format 0.0.4 while it is written.
struct ExpositionText {
  private(set) var text = ""

  mutating func append(_ family: MetricFamily) {
    if let help = family.help { text += "# HELP \(family.name) \(Self.escapedHelp(help))\n" }
    text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
    for series in family.series.sorted(by: { Self.isBefore($0.labels, $1.labels) }) {
      series.storage.write(family.name, series.labels, to: &self)
    }
  }

  mutating func append(_ name: String, _ labels: [MetricLabel], _ value: String) {
    text += name
    if !labels.isEmpty {
      let list = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
      text += "{" + list.joined(separator: ",") + "}"
    }
    text += " " + value + "\n"
  }

  /// Whole numbers without a fraction, and the three names of those that are none.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    guard value.isFinite else { return value < 0 ? "-Inf" : "+Inf" }
    return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
  }

  private static func escaped(_ value: String) -> String {
    escapedHelp(value).replacing("\"", with: "\\\"")
  }

  private static func escapedHelp(_ text: String) -> String {
    var escaped = ""
    // By scalars: "\r\n" is one character.
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private static func isBefore(_ left: [MetricLabel], _ right: [MetricLabel]) -> Bool {
    left.lexicographicallyPrecedes(right) { ($0.name, $0.value) < ($1.name, $1.value) }
  }
}
#endif
