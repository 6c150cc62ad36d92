/// How often something took how long, in buckets whose width grows with the time: any number of samples in the same
/// memory, and every answer within a 1024th.
package struct Histogram: Sendable {
  /// Binary digits that a bucket keeps of its samples.
  private static let precision = 10
  private static let perPower = 1 << precision

  private var counts = [Int](repeating: 0, count: (64 - precision + 1) << precision)
  package private(set) var count = 0
  /// To the nanosecond.
  package private(set) var greatest: UInt64 = 0

  package init() {}

  package mutating func record(nanoseconds: UInt64) {
    counts[Self.bucket(of: nanoseconds)] += 1
    count += 1
    greatest = max(greatest, nanoseconds)
  }

  /// What another thread has recorded.
  package mutating func add(_ other: Histogram) {
    for bucket in counts.indices { counts[bucket] += other.counts[bucket] }
    count += other.count
    greatest = max(greatest, other.greatest)
  }

  /// The time that this share of the samples did not exceed, by nearest rank: of fewer than 1000 samples, 0.999 is
  /// answered with the greatest. `nil` for no samples.
  package func percentile(_ share: Double) -> UInt64? {
    guard count > 0 else { return nil }
    let rank = min(count, max(1, Int((share * Double(count)).rounded(.up))))
    var seen = 0
    for (bucket, number) in counts.enumerated() {
      seen += number
      if seen >= rank { return min(Self.greatest(in: bucket), greatest) }
    }
    return greatest
  }

  /// Small times have a bucket each; larger ones share one with those that begin with the same digits.
  private static func bucket(of nanoseconds: UInt64) -> Int {
    let digits = UInt64.bitWidth - nanoseconds.leadingZeroBitCount
    let dropped = max(0, digits - precision - 1)
    return dropped << precision + Int(nanoseconds >> UInt64(dropped))
  }

  private static func greatest(in bucket: Int) -> UInt64 {
    guard bucket >= 2 * perPower else { return UInt64(bucket) }
    let dropped = bucket >> precision - 1
    let first = UInt64(bucket - dropped << precision) << UInt64(dropped)
    return first + (1 << UInt64(dropped) - 1)
  }
}

/// What is told of how long single tokens took, in nanoseconds.
package struct Latency: Sendable, Hashable {
  package let p50: UInt64
  package let p99: UInt64
  package let p999: UInt64
  package let greatest: UInt64

  /// `nil` where nothing was timed.
  package init?(_ histogram: Histogram) {
    guard let p50 = histogram.percentile(0.5), let p99 = histogram.percentile(0.99),
      let p999 = histogram.percentile(0.999)
    else { return nil }
    (self.p50, self.p99, self.p999, greatest) = (p50, p99, p999, histogram.greatest)
  }
}
