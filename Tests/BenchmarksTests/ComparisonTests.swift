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
      [.tokens: 300, .limit: 100, .multiBuffer: 400, .batch: 375],
      [.tokens: 600, .limit: 200, .multiBuffer: 800, .batch: 750],
      [.tokens: 150, .limit: 50, .multiBuffer: 200, .batch: 187.5])
    #expect((comparison.ratio, comparison.multiBufferRatio, comparison.batchRatio) == (3, 0.75, 0.8))
    #expect(comparison.multiBufferPerSecond == 400)
  }

  @Test("What wasn't measured has no ratio")
  func oneLimit() {
    let comparison = Self.comparison([.tokens: 50, .limit: 100])
    #expect(comparison.multiBufferRatio == nil)
    #expect(comparison.multiBufferPerSecond == nil)
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

@Suite struct LatencyComparisonTests {
  private static func histogram(_ samples: UInt64...) -> Histogram {
    samples.reduce(into: Histogram()) { $0.record(nanoseconds: $1) }
  }

  @Test("The ratio of p50 is the median over the pairs, and the percentiles are those of all slices together")
  func ratio() throws {
    var comparison = LatencyComparison()
    comparison.append(tokens: Self.histogram(110, 110, 120), other: Self.histogram(100, 100, 130))
    comparison.append(tokens: Self.histogram(900, 900, 900), other: Self.histogram(100, 100, 100))
    comparison.append(tokens: Self.histogram(210, 210, 210), other: Self.histogram(200, 200, 200))
    #expect(comparison.p50Ratio == 1.1)
    #expect(comparison.latency?.greatest == 900)
    #expect(comparison.otherLatency?.p50 == 100)
  }

  @Test("Slices without a neighbour have a latency and no ratio")
  func alone() {
    var comparison = LatencyComparison()
    comparison.append(tokens: Self.histogram(110))
    #expect(comparison.latency?.p50 == 110)
    #expect(comparison.p50Ratio == nil)
    #expect(comparison.otherLatency == nil)
  }

  @Test("Nothing timed has no ratio and no latency")
  func empty() {
    let comparison = LatencyComparison()
    #expect(comparison.p50Ratio == nil)
    #expect(comparison.latency == nil)
    #expect(comparison.otherLatency == nil)
  }
}
