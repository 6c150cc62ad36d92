#if Server
/// What the data model allows in names: ASCII letters, digits and underscores, no digit first; a metric's may have colons.
enum MetricName {
  static func metric(_ text: String) -> String { sanitised(text, allowingColon: true) }

  static func label(_ text: String) -> String { sanitised(text, allowingColon: false) }

  private static func sanitised(_ text: String, allowingColon: Bool) -> String {
    var name = ""
    for scalar in text.unicodeScalars.prefix(longest) {
      switch scalar {
      case "a"..."z", "A"..."Z", "_": name.unicodeScalars.append(scalar)
      case "0"..."9": name += name.isEmpty ? "_\(scalar)" : "\(scalar)"
      case ":" where allowingColon: name += ":"
      default: name += "_"
      }
    }
    return name.isEmpty ? "_" : name
  }

  private static let longest = 128
}

/// A label of a series, its name fit for the format.
package struct MetricLabel: Sendable, Hashable {
  package let name: String
  package let value: String

  package init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }

  /// In the order of their names, so that the order in which a caller gives them makes no second series.
  static func list(_ dimensions: [(String, String)], in kind: MetricKind) -> [MetricLabel] {
    var labels: [MetricLabel] = []
    for (given, value) in dimensions {
      var name = MetricName.label(given)
      // `__` is for Prometheus itself, `le` and `quantile` are the format's own.
      if name.hasPrefix("__") || name == kind.reservedLabel { name = "label_" + name }
      while labels.contains(where: { $0.name == name }) { name += "_" }
      labels.append(MetricLabel(name, value))
    }
    return labels.sorted { $0.name < $1.name }
  }
}

/// `TYPE` of the format.
enum MetricKind: String, Sendable {
  case counter, gauge, histogram, summary

  /// What follows a metric's name in its samples.
  var suffixes: [String] {
    switch self {
    case .counter, .gauge: [""]
    case .histogram: ["", "_bucket", "_sum", "_count"]
    case .summary: ["", "_sum", "_count"]
    }
  }

  var reservedLabel: String? {
    switch self {
    case .counter, .gauge: nil
    case .histogram: "le"
    case .summary: "quantile"
    }
  }
}
#endif
