/// A row as it was measured.
package struct RowResult: Sendable {
  package let key: RowKey
  package let tokensPerSecond: Double
  package let limitPerSecond: Double
  package let ratio: Double
  package let ratioSpread: ClosedRange<Double>
  /// `nil` where it wasn't counted.
  package let allocationsPerToken: Double?
  /// `nil` where single tokens weren't timed.
  package let latency: Latency?

  package init(
    _ key: RowKey, _ comparison: Comparison, latency: Latency? = nil, allocationsPerToken: Double? = nil
  ) {
    self.key = key
    (tokensPerSecond, limitPerSecond) = (comparison.tokensPerSecond, comparison.limitPerSecond)
    (ratio, ratioSpread) = (comparison.ratio, comparison.ratioSpread)
    (self.latency, self.allocationsPerToken) = (latency, allocationsPerToken)
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
