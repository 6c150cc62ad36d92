import BenchmarkResults
import Foundation

/// The results for people, row by row as they come.
struct Table {
  private let nameWidth =
    (Row.all.map(\.name.count) + PeerRow.all.map(\.label.count)).max().map { $0 + 1 } ?? 0

  func printHeader() {
    let columns = [
      "threads", "tokens/s", "limit/s", "ratio", "spread", "multi-buffer", "allocs", "p50", "p99",
    ]
    Terminal.show(Terminal.bold(line("row", columns)))
  }

  func print(_ result: RowResult) {
    let (rates, spread) = (result.rates, result.rates.ratioSpread)
    Terminal.show(
      line(
        result.key.label,
        [
          String(result.key.threads), rates.tokensPerSecond.grouped, rates.limitPerSecond.grouped,
          Self.ratio(rates.ratio), "\(Self.ratio(spread.lowerBound))–\(Self.ratio(spread.upperBound))",
          rates.multiBufferRatio.map(Self.ratio) ?? "–",
          result.allocationsPerToken.map { String(format: "%.1f", $0.rounded(places: 1) + 0) } ?? "–",
          result.latency.map { Self.time($0.p50) } ?? "–", result.latency.map { Self.time($0.p99) } ?? "–",
        ]))
    for note in notes(result) { Terminal.show(Terminal.dim("  " + note)) }
  }

  /// What is to be known about the rows.
  func print(note: String) { Terminal.show(note) }

  private func notes(_ result: RowResult) -> [String] {
    var notes = [result.note].compactMap(\.self)
    if let batch = result.rates.batchRatio { notes.append("\(Self.ratio(batch)) of a batch") }
    if let limit = result.limitLatency, let ratio = result.p50Ratio {
      notes.append(
        "one signature at a time: p50 \(Self.time(limit.p50)), p99 \(Self.time(limit.p99)); p50 is \(Self.ratio(ratio)) of that"
      )
    }
    return notes
  }

  private func line(_ name: String, _ cells: [String]) -> String {
    Terminal.line(name, width: nameWidth, Array(zip(cells, [8, 11, 11, 8, 14, 13, 7, 9, 9])))
  }

  private static func ratio(_ value: Double) -> String {
    value < 100 ? String(format: "%.3f", value) : value.grouped
  }

  private static func time(_ nanoseconds: UInt64) -> String {
    let value = Double(nanoseconds)
    return switch nanoseconds {
    case ..<1000: "\(nanoseconds) ns"
    case ..<1_000_000: String(format: "%.1f µs", value / 1000)
    case ..<1_000_000_000: String(format: "%.1f ms", value / 1_000_000)
    default: String(format: "%.1f s", value / 1_000_000_000)
    }
  }
}
