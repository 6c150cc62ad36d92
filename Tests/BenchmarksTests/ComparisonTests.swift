import BenchmarkResults
import Testing

@Suite struct ComparisonTests {
  @Test("The ratio is the median over the pairs: one disturbed pair doesn't move it")
  func ratio() {
    var comparison = Comparison()
    comparison.append(tokens: 50, limit: 100)
    comparison.append(tokens: 1, limit: 100)
    comparison.append(tokens: 66, limit: 110)
    #expect(comparison.ratio == 0.5)
    #expect(comparison.ratioSpread == 0.01...0.6)
    #expect((comparison.tokensPerSecond, comparison.limitPerSecond) == (50, 100))
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
