import JOSECore

/// Two files side by side, by ratios: absolute numbers drift with the machine.
package struct RatioChanges: Sendable {
  package let changes: [Change]
  /// Rows that only the earlier file has, and rows that only the later one has.
  package let gone: [RowKey]
  package let new: [RowKey]
  /// What the two machines differ in, which makes ratios differ too.
  package let differences: [Difference]

  package struct Change: Sendable {
    package let key: RowKey
    package let was: Double
    package let `is`: Double
    package let allowedFall: Double

    /// 0.1 for a tenth more than it was.
    package var relative: Double { was > 0 ? `is` / was - 1 : 0 }
    package var isLoss: Bool { `is` < was * (1 - allowedFall) }
  }

  package struct Difference: Sendable, Hashable {
    package let name: String
    package let was: String
    package let `is`: String
  }

  package init(from earlier: EarlierResults, to later: EarlierResults, _ thresholds: Thresholds) {
    let ratios = earlier.ratios.reduce(into: [:]) { ratios, row in ratios[row.key] = row.ratio }
    changes = later.ratios.compactMap { row in
      guard let was = ratios[row.key], let ratio = row.ratio else { return nil }
      return Change(key: row.key, was: was, is: ratio, allowedFall: thresholds.allowedFall(of: row.key))
    }
    let (before, after) = (earlier.measured, later.measured)
    gone = before.filter { !after.contains($0) }
    new = after.filter { !before.contains($0) }
    differences = ["cpu", "cores", "os", "openssl", "lanes", "swift"].compactMap { name in
      let (was, now) = (earlier.machine[name] ?? "unknown", later.machine[name] ?? "unknown")
      let shown = name == "lanes" ? "multi-buffer library" : name
      return was == now ? nil : Difference(name: shown, was: was, is: now)
    }
  }

  package var losses: [Change] { changes.filter(\.isLoss) }
}

extension EarlierResults {
  fileprivate var measured: [RowKey] { ratios.filter { $0.ratio != nil }.map(\.key) }

  /// The rows that were asked for.
  package func filtered(_ isWanted: (RowKey) -> Bool) -> EarlierResults {
    EarlierResults(machine: machine, ratios: ratios.filter { isWanted($0.key) })
  }
}

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
