/// A row as it was measured.
package struct RowResult: Sendable {
  package let key: RowKey
  package let tokensPerSecond: Double
  package let limitPerSecond: Double
  package let ratio: Double
  package let ratioSpread: ClosedRange<Double>
  /// Of the second limit, and against it: `nil` where it wasn't measured.
  package let lanesPerSecond: Double?
  package let lanesRatio: Double?
  /// Against the batch call in the same run; `nil` where it wasn't measured.
  package let batchRatio: Double?
  /// `nil` where it wasn't counted.
  package let allocationsPerToken: Double?
  /// `nil` where single tokens weren't timed.
  package let latency: Latency?
  /// The limit's, in turns with the tokens'; `nil` where it wasn't timed.
  package let limitLatency: Latency?
  /// p50 ÷ the limit's p50.
  package let p50Ratio: Double?
  /// What people should know of it; not written to files.
  package var note: String?

  package init(
    _ key: RowKey, _ comparison: Comparison, latency: Latency? = nil, allocationsPerToken: Double? = nil
  ) {
    self.init(
      key, comparison, (latency, nil, nil), allocationsPerToken: allocationsPerToken)
  }

  /// Whose limit was timed too.
  package init(_ key: RowKey, _ comparison: Comparison, _ latencies: LatencyComparison) {
    self.init(key, comparison, (latencies.latency, latencies.otherLatency, latencies.p50Ratio))
  }

  private init(
    _ key: RowKey, _ comparison: Comparison,
    _ latencies: (tokens: Latency?, limit: Latency?, p50Ratio: Double?),
    allocationsPerToken: Double? = nil
  ) {
    self.key = key
    (tokensPerSecond, limitPerSecond) = (comparison.tokensPerSecond, comparison.limitPerSecond)
    (ratio, ratioSpread) = (comparison.ratio, comparison.ratioSpread)
    (lanesPerSecond, lanesRatio) = (comparison.lanesPerSecond, comparison.lanesRatio)
    batchRatio = comparison.batchRatio
    (latency, limitLatency, p50Ratio) = latencies
    self.allocationsPerToken = allocationsPerToken
  }

  package func noting(_ note: String?) -> RowResult {
    var result = self
    result.note = note
    return result
  }

  package var name: String { key.name }
  package var peer: String? { key.peer }
  package var threads: Int { key.threads }
}

/// What makes rows of two files the same row.
package struct RowKey: Sendable, Hashable {
  package let name: String
  /// Whose tokens these are: `nil` for ours, else the name of another library.
  package let peer: String?
  package let threads: Int

  package init(_ name: String, peer: String? = nil, threads: Int = 1) {
    (self.name, self.peer, self.threads) = (name, peer, threads)
  }

  /// The name, with whose tokens these are.
  package var label: String { peer.map { "\(name) \($0)" } ?? name }
}
