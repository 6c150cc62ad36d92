import BenchmarkResults
import Testing

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

  @Test("Nothing timed has no ratio and no latency")
  func empty() {
    let comparison = LatencyComparison()
    #expect(comparison.p50Ratio == nil)
    #expect(comparison.latency == nil)
    #expect(comparison.otherLatency == nil)
  }
}
