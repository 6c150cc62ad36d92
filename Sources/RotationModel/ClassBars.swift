import KeyRotation
import SystemSupport

/// For each class of verifiers, how long the slowest of them did without a new key, beside P.
struct ClassBars {
  let report: SimulationReport
  let top: Double
  private static let left = 220.0
  private static let row = 20.0

  static func height(_ report: SimulationReport) -> Double { Double(report.classes.count) * row + 26 }

  private var scale: TimelineScale {
    let longest = max(report.policy.propagation, report.classes.compactMap(\.slowest).max() ?? 0)
    return TimelineScale(from: Self.left, to: TimelineSVG.width - 150, duration: Double(max(1, longest)))
  }

  var text: String {
    let heading = "How long verifiers did without a new key, at worst"
    return
      ([
        #"<text class="text" x="16" y="\#((top - 14).short)" font-size="13" font-weight="600">\#(heading)</text>"#
      ]
      + report.classes.enumerated().map(row) + [limit]).joined(separator: "\n")
  }

  private func row(_ place: Int, _ kind: SimulationReport.Class) -> String {
    let y = top + Double(place) * Self.row
    let name = #"<text class="text" x="16" y="\#((y + 12).short)">\#(kind.name)</text>"#
    guard let slowest = kind.slowest else {
      let text = kind.keep == nil ? "fetches when it meets the key" : "none"
      return name + #"<text class="faint" x="\#(Self.left.short)" y="\#((y + 12).short)">\#(text)</text>"#
    }
    let end = scale.x(slowest)
    return name
      + #"<rect class="unknown" x="\#(Self.left.short)" y="\#((y + 3).short)" width="\#(max(1, end - Self.left).short)" height="11"/>"#
      + #"<text class="faint" x="\#((end + 6).short)" y="\#((y + 12).short)">\#(DurationFormat.text(slowest))</text>"#
  }

  /// P: from then on a key may sign.
  private var limit: String {
    let x = scale.x(report.policy.propagation).short
    let end = top + Double(report.classes.count) * Self.row
    return
      #"<line class="limit" x1="\#(x)" y1="\#((top - 4).short)" x2="\#(x)" y2="\#((end + 2).short)" stroke-dasharray="4 3"/>"#
      + #"<text class="faint" x="\#(x)" y="\#((end + 16).short)" text-anchor="middle">P = \#(DurationFormat.text(report.policy.propagation)): no key signs sooner</text>"#
  }
}
