import JOSECore

/// By how much a row's ratio may fall before that is told as a loss: 0.1 is a tenth of what it was.
package struct Thresholds: Sendable {
  private let standard: Double
  private let rules: [(pattern: String, fall: Double)]

  /// `{"default": 0.1, "rows": {"mint/HS256/": 0.15}}`: a row's name, or how it begins where it ends in `/`. The longest
  /// that fits counts, for peers' rows too.
  package init(parsing text: String) throws(FormatError) {
    let root = try JSONObject(measurements: text)
    if let other = root.members.first(where: { !["default", "rows"].contains($0.name) }) {
      throw FormatError(other.name, "is unknown; known are default and rows")
    }
    guard let standard = try root.positive("default", at: ""), standard < 1 else {
      throw FormatError("default", "is not a number from 0 to 1")
    }
    guard case .object(let rows) = root["rows"] ?? .object([:]) else {
      throw FormatError("rows", "is \(root["rows"]?.typeName ?? "missing"), not an object")
    }
    self.standard = standard
    var rules: [(pattern: String, fall: Double)] = []
    for member in rows.members {
      guard let fall = try rows.positive(member.name, at: "rows"), fall < 1 else {
        throw FormatError("rows.\(member.name)", "is not a number from 0 to 1")
      }
      rules.append((member.name, fall))
    }
    self.rules = rules
  }

  package func allowedFall(of row: RowKey) -> Double {
    let fitting = rules.filter {
      $0.pattern == row.name || ($0.pattern.hasSuffix("/") && row.name.hasPrefix($0.pattern))
    }
    return fitting.max { $0.pattern.utf8.count < $1.pattern.utf8.count }?.fall ?? standard
  }
}
