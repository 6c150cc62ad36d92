/// A row as it was measured.
struct RowResult {
  let name: String
  /// Whose tokens these are: `nil` for ours, else the name of another library.
  let peer: String?
  let threads: Int
  let tokensPerSecond: Double
  let limitPerSecond: Double
  let ratio: Double
  let ratioSpread: ClosedRange<Double>

  init(name: String, peer: String? = nil, threads: Int = 1, _ comparison: Comparison) {
    (self.name, self.peer, self.threads) = (name, peer, threads)
    (tokensPerSecond, limitPerSecond) = (comparison.tokensPerSecond, comparison.limitPerSecond)
    (ratio, ratioSpread) = (comparison.ratio, comparison.ratioSpread)
  }
}
