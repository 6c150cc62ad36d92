import BenchmarkResults
import Foundation

/// The results as a picture: for each row a bar of its tokens per second on top of the limit's. Rows differ by a factor of
/// a thousand, so what compares is each bar with its own limits; the numbers say the rest. The greatest of them is as wide as
/// the chart: the limit, or for rows that sign in lanes what is beyond it.
struct Chart {
  private let results: [RowResult]
  private let machine: Machine

  /// The rows of one thread whose limit is OpenSSL's, or makes tokens too. How many callers there are changes latencies
  /// rather than bars.
  init(_ results: [RowResult], on machine: Machine) {
    let others = Set((Row.groups + [Row.jwks]).map(\.name))
    self.results = results.filter { $0.threads == 1 && !others.contains($0.name) }
    self.machine = machine
  }

  // In pixels: columns from left to right, and lines from top to bottom.
  private let labels = 200.0
  private let bars = 430.0
  private let numbers = 215.0
  private let top = 78.0
  private let rowHeight = 30.0
  private let bottom = 52.0

  private var width: Double { labels + bars + numbers }
  private var height: Double { top + rowHeight * Double(results.count) + bottom }

  var svg: String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width.short) \(height.short)" width="\(width.short)" \
    height="\(height.short)" font-family="system-ui, sans-serif" font-size="13" role="img" \
    aria-label="Tokens per second beside the bare OpenSSL operation">
    <style>
    .back { fill: #ffffff } .text { fill: #1f2328 } .faint { fill: #656d76 } .limit { fill: #d8dee4 } .ours { fill: #0969da } .peer { fill: #9a6700 } .lanes { fill: #1a7f37 }
    @media (prefers-color-scheme: dark) {
      .back { fill: #0d1117 } .text { fill: #e6edf3 } .faint { fill: #8d96a0 } .limit { fill: #30363d } .ours { fill: #4493f8 } .peer { fill: #d29922 } .lanes { fill: #3fb950 }
    }
    </style>
    <rect class="back" width="100%" height="100%" rx="6"/>
    \(heading)
    \(results.byAlgorithm.enumerated().map { row($1, at: top + rowHeight * Double($0)) }.joined(separator: "\n"))
    \(footer.enumerated().map { faint($1, at: height - bottom + 24 + 16 * Double($0)) }.joined(separator: "\n"))
    </svg>

    """
  }

  private var heading: String {
    """
    <text class="text" x="16" y="28" font-size="15" font-weight="600">Tokens per second, one core</text>
    <rect class="ours" x="\(labels.short)" y="40" width="10" height="10"/>
    <text class="faint" x="\((labels + 15).short)" y="49" font-size="11">whole tokens</text>
    <rect class="limit" x="\((labels + 105).short)" y="40" width="10" height="10"/>
    <text class="faint" x="\((labels + 120).short)" y="49" font-size="11">the limit: OpenSSL's bare operation on the same bytes</text>
    \(lanesLegend)\(peerLegend)
    """
  }

  private var lanesLegend: String {
    guard results.contains(where: \.isPastLimit) else { return "" }
    return """
      <rect class="lanes" x="\((labels + 105).short)" y="58" width="10" height="10"/>
      <text class="faint" x="\((labels + 120).short)" y="67" font-size="11">whole tokens beyond it, eight at a time in vector lanes</text>
      """
  }

  private var peerLegend: String {
    guard results.contains(where: { $0.peer != nil }) else { return "" }
    return """
      <rect class="peer" x="\(labels.short)" y="58" width="10" height="10"/>
      <text class="faint" x="\((labels + 15).short)" y="67" font-size="11">other libraries</text>
      """
  }

  private func row(_ result: RowResult, at y: Double) -> String {
    let (barY, textY) = ((y + 6).short, (y + 19).short)
    return """
      <text class="text" x="16" y="\(textY)">\(result.key.label.escaped)</text>
      \(barsOf(result).map { bar($0.style, $0.width, at: barY) }.joined(separator: "\n"))
      <text class="text" x="\((labels + bars + 90).short)" y="\(textY)" text-anchor="end">\
      \(result.tokensPerSecond.grouped) /s</text>
      <text class="faint" x="\((width - 16).short)" y="\(textY)" text-anchor="end">\(percent(result.ratio))</text>
      """
  }

  /// Each on top of those before it.
  private func barsOf(_ result: RowResult) -> [(style: String, width: Double)] {
    let ours = result.peer == nil ? "ours" : "peer"
    guard result.isPastLimit else { return [("limit", 1), (ours, min(1, result.ratio))] }
    let widest = max(1, result.ratio / (result.lanesRatio ?? 1))
    return [("limit", 1), ("lanes", min(1, result.ratio / widest)), (ours, 1 / widest)]
  }

  private func bar(_ style: String, _ width: Double, at y: String) -> String {
    """
    <rect class="\(style)" x="\(labels.short)" y="\(y)" width="\((bars * width).short)" height="18" rx="2"/>
    """
  }

  private func percent(_ ratio: Double) -> String {
    guard ratio < 1.5 else { return String(format: "%.1f × limit", ratio) }
    return
      "\(ratio < 0.1 ? String(format: "%.1f", ratio * 100) : "\(Int((ratio * 100).rounded()))") % of limit"
  }

  private var footer: [String] {
    let machine = [self.machine.cpu, self.machine.openSSL, self.machine.swift].compactMap(\.self)
    return [machine.joined(separator: " · "), "Vector lanes: \(self.machine.lanes)"]
  }

  private func faint(_ text: String, at y: Double) -> String {
    """
    <text class="faint" x="16" y="\(y.short)" font-size="11">\(text.escaped)</text>
    """
  }
}

extension RowResult {
  /// Signed in lanes, and not by chance faster than the limit.
  fileprivate var isPastLimit: Bool { peer == nil && ratio > (lanesRatio == nil ? 3 : 1.2) }
}

extension Double {
  /// A coordinate without needless digits.
  fileprivate var short: String { self == rounded() ? "\(Int(self))" : "\((self * 10).rounded() / 10)" }
}

extension String {
  fileprivate var escaped: String {
    reduce(into: "") { text, character in
      switch character {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      default: text.append(character)
      }
    }
  }
}
