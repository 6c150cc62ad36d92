import BenchmarkResults
import Testing

@Suite struct HistogramTests {
  private static func histogram(_ samples: some Sequence<UInt64>) -> Histogram {
    var histogram = Histogram()
    for sample in samples { histogram.record(nanoseconds: sample) }
    return histogram
  }

  @Test("Nothing recorded has no percentiles")
  func empty() {
    #expect(Histogram().percentile(0.5) == nil)
    #expect(Latency(Histogram()) == nil)
  }

  @Test("Small times are told exactly, by nearest rank")
  func smallTimes() {
    let histogram = Self.histogram(1...200)
    #expect(histogram.percentile(0.5) == 100)
    #expect(histogram.percentile(0.99) == 198)
    #expect(histogram.percentile(0.999) == 200)
    #expect(histogram.percentile(0) == 1)
    #expect(histogram.percentile(1) == 200)
  }

  @Test("Of fewer samples than a percentile needs, the greatest answers")
  func fewSamples() throws {
    let latency = try #require(Latency(Self.histogram([30, 10, 20])))
    #expect((latency.p50, latency.p99, latency.p999, latency.greatest) == (20, 30, 30, 30))
  }

  @Test(
    "A time of any size is told within a 1024th of itself, and never as less than it was",
    arguments: [2047, 2048, 2049, 4095, 4096, 100_003, 1 << 40 - 1, 1 << 40 + 1, UInt64(Int64.max), .max])
  func precision(time: UInt64) throws {
    // A greater one, so that the greatest sample doesn't answer.
    let histogram = Self.histogram([time, .max])
    let told = try #require(histogram.percentile(0.5))
    #expect(told >= time)
    #expect(told - time <= time / 1024)
  }

  @Test("The greatest time is told to the nanosecond")
  func greatest() {
    #expect(Self.histogram([1_000_003, 5]).greatest == 1_000_003)
    #expect(Self.histogram([1_000_003]).percentile(0.5) == 1_000_003)
  }

  @Test("What two threads have recorded adds up")
  func sum() {
    var histogram = Self.histogram(1...50)
    histogram.add(Self.histogram(51...100))
    #expect(histogram.count == 100)
    #expect((histogram.percentile(0.5), histogram.greatest) == (50, 100))
  }
}
