import BenchmarkResults
import Foundation

/// At most eight rows as a picture, all on one scale: a bar is as long as its tokens per second ÷ the operations per second
/// of OpenSSL alone. Rates differ by a factor of a thousand between algorithms, so they stand beside the bars, in numbers.
struct Chart {
  private let bars: [Bar]
  private let machine: Machine

  fileprivate struct Bar {
    let algorithm: Substring
    let label: String
    let result: RowResult
    var ratio: Double { result.rates.ratio }
    /// Its colour: of the two ways in which our rows are signed, or of another library's.
    var style: String {
      if result.key.peer != nil { return "peer" }
      return ratio > (result.rates.multiBufferRatio == nil ? 3 : 1.2) ? "eight" : "one"
    }
  }

  /// The README's rows before all others, of one thread, and only those whose limit is OpenSSL's bare operation.
  init(_ results: [RowResult], on machine: Machine) {
    let bars = results.filter { $0.key.threads == 1 }.byAlgorithm.compactMap { Bar($0) }
    let inReadme = Set(
      Peer.algorithms.flatMap { algorithm in
        [Row.Shape.buffer, .batch].map { RowKey($0.name(algorithm)) }
      })
    let inOrder =
      bars.filter { inReadme.contains($0.result.key) } + bars.filter { !inReadme.contains($0.result.key) }
    let chosen = Set(inOrder.prefix(8).map(\.result.key))
    self.bars = bars.filter { chosen.contains($0.result.key) }
    self.machine = machine
  }

  // In pixels: columns from left to right, and lines from top to bottom.
  private let labels = 210.0
  private let greatest = 420.0
  private let numbers = 170.0
  private let top = 112.0
  private let rowHeight = 26.0
  /// Between algorithms.
  private let gap = 10.0
  private let bottom = 56.0

  private var width: Double { labels + greatest + numbers }
  private var rowsHeight: Double { (tops.last ?? 0) + rowHeight }
  private var height: Double { top + rowsHeight + bottom }
  /// The length of a bar of ratio 1.
  private var unit: Double { greatest / max(1, bars.map(\.ratio).max() ?? 1) }

  /// Where each row begins below the first one.
  private var tops: [Double] {
    bars.indices.map { index in
      let gaps = bars[...index].indices.dropFirst().count { bars[$0].algorithm != bars[$0 - 1].algorithm }
      return rowHeight * Double(index) + gap * Double(gaps)
    }
  }

  var svg: String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width.short) \(height.short)" width="\(width.short)" \
    height="\(height.short)" font-family="system-ui, sans-serif" font-size="13" role="img" \
    aria-label="Tokens per second beside the bare OpenSSL operation">
    <style>
    .back { fill: #ffffff } .text { fill: #1f2328 } .faint { fill: #59636e } .one { fill: #0969da } .eight { fill: #1a7f37 } .peer { fill: #9a6700 } .line { stroke: #1f2328 }
    @media (prefers-color-scheme: dark) {
      .back { fill: #0d1117 } .text { fill: #e6edf3 } .faint { fill: #9198a1 } .one { fill: #4493f8 } .eight { fill: #3fb950 } .peer { fill: #d29922 } .line { stroke: #e6edf3 }
    }
    </style>
    <rect class="back" width="100%" height="100%" rx="6"/>
    <text class="text" x="16" y="28" font-size="15" font-weight="600">Tokens per second on one core, beside OpenSSL alone</text>
    \(faint("Length of a bar = tokens per second ÷ bare OpenSSL operations per second on the same bytes with the same key.", at: 48))
    \(legend)
    \(zip(bars, tops).map { row($0, at: top + $1) }.joined(separator: "\n"))
    \(limit)
    \(faint([machine.cpu, machine.openSSL, machine.swift].compactMap(\.self).joined(separator: " · "), at: height - 30))
    \(faint("Multi-buffer: \(machine.multiBuffer)", at: height - 14))
    </svg>

    """
  }

  private var legend: String {
    var x = 16.0
    return [
      ("one", "OpenSSL, one at a time"), ("eight", "the multi-buffer library, eight at a time"),
      ("peer", "other libraries"),
    ].filter { style, _ in bars.contains { $0.style == style } }.map { style, text in
      defer { x += 34 + 6.3 * Double(text.count) }
      return """
        <rect class="\(style)" x="\(x.short)" y="61" width="10" height="10"/>
        \(faint(text, x: x + 15, at: 70))
        """
    }.joined(separator: "\n")
  }

  private func row(_ bar: Bar, at y: Double) -> String {
    let textY = (y + 17).short
    // Beside the bar, and never across the line.
    let end = (labels + unit * max(1, bar.ratio) + 8).short
    return """
      <text class="text" x="16" y="\(textY)">\(bar.label.escaped)</text>
      <rect class="\(bar.style)" x="\(labels.short)" y="\((y + 4).short)" width="\((unit * bar.ratio).short)" height="18" rx="2"/>
      <text class="text" x="\(end)" y="\(textY)">\(bar.result.rates.tokensPerSecond.grouped) /s\
      <tspan class="faint" dx="8">\(bar.ratio.digits) ×</tspan></text>
      """
  }

  /// Where OpenSSL's bare operation is.
  private var limit: String {
    let x = (labels + unit).short
    return """
      <path class="line" d="M \(x) \((top - 6).short) V \((top + rowsHeight + 4).short)" stroke-dasharray="4 3" fill="none"/>
      \(faint("dashed line: OpenSSL alone (1 ×)", x: min(labels + unit - 4, width - 224), at: top - 12))
      """
  }

  private func faint(_ text: String, x: Double = 16, at y: Double) -> String {
    """
    <text class="faint" x="\(x.short)" y="\(y.short)" font-size="12">\(text.escaped)</text>
    """
  }
}

extension Chart.Bar {
  /// `nil` for a row that has another limit than OpenSSL's bare operation.
  fileprivate init?(_ result: RowResult) {
    let parts = result.name.split(separator: "/")
    let what: String
    switch (parts[0], parts.dropFirst(2).first) {
    case ("mint", "buffer"): what = "one token per call"
    case ("mint", "string"): what = "a string per call"
    case ("session", nil): what = "getSessionToken()"
    case ("batch", nil): what = "64 tokens per call"
    case ("group", nil): what = "64 callers at once"
    case ("verify", nil): what = "verification"
    default: return nil
    }
    self.init(algorithm: parts[1], label: "\(parts[1]), \(result.key.peer ?? what)", result: result)
  }
}

extension Double {
  /// A coordinate without needless digits.
  fileprivate var short: String { self == rounded() ? "\(Int(self))" : "\((self * 10).rounded() / 10)" }

  fileprivate var digits: String { String(format: self < 0.1 ? "%.3f" : self < 10 ? "%.2f" : "%.1f", self) }
}

extension String {
  fileprivate var escaped: String {
    replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
  }
}
