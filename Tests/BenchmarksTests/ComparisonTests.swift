import BenchmarkResults
import Testing

@Suite struct ComparisonTests {
  private static func comparison(_ rounds: [Comparison.Side: Double]...) -> Comparison {
    rounds.reduce(into: Comparison()) { $0.append($1) }
  }

  @Test("The ratio is the median over the rounds: one that something disturbed doesn't move it")
  func ratio() {
    let comparison = Self.comparison(
      [.tokens: 50, .limit: 100], [.tokens: 1, .limit: 100], [.tokens: 66, .limit: 110])
    #expect(comparison.ratio == 0.5)
    #expect(comparison.ratioSpread == 0.01...0.6)
    #expect((comparison.tokensPerSecond, comparison.limitPerSecond) == (50, 100))
  }

  @Test("Each ratio is made from the slices of one round, though a drift moves all of them")
  func secondLimit() {
    let comparison = Self.comparison(
      [.tokens: 300, .limit: 100, .lanes: 400, .batch: 375],
      [.tokens: 600, .limit: 200, .lanes: 800, .batch: 750],
      [.tokens: 150, .limit: 50, .lanes: 200, .batch: 187.5])
    #expect((comparison.ratio, comparison.lanesRatio, comparison.batchRatio) == (3, 0.75, 0.8))
    #expect(comparison.lanesPerSecond == 400)
  }

  @Test("What wasn't measured has no ratio")
  func oneLimit() {
    let comparison = Self.comparison([.tokens: 50, .limit: 100])
    #expect(comparison.lanesRatio == nil)
    #expect(comparison.lanesPerSecond == nil)
    #expect(comparison.batchRatio == nil)
  }

  @Test("The median of an even number of values is between the two in the middle")
  func evenMedian() {
    #expect(median([4, 1, 3, 2]) == 2.5)
    #expect(median([]).isNaN)
  }

  @Test(
    "Numbers are grouped by thousands", arguments: [(0.0, "0"), (999, "999"), (1_234_567.4, "1,234,567")])
  func grouping(number: Double, text: String) { #expect(number.grouped == text) }
}
