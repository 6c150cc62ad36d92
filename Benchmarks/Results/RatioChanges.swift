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
      return was == now ? nil : Difference(name: name, was: was, is: now)
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
