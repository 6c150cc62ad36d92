import BenchmarkResults

extension Row {
  /// Throughput first, in turns with the limit; then single tokens and allocations, in slices of their own, so that
  /// timing and counting don't slow down what is compared.
  func measure(for duration: Duration, threads: Int) throws -> RowResult {
    threads == 1 ? try measureAlone(for: duration) : try measure(for: duration, onThreads: threads)
  }

  private func measureAlone(for duration: Duration) throws -> RowResult {
    let runs = try runs()
    let comparison = try Measurement.compare(&runs.row, with: &runs.limit, for: duration)
    let latency = hasLatency ? try Measurement.latency(of: &runs.row, for: duration / 4) : nil
    try runs.end()
    try runs.check()
    return RowResult(
      RowKey(name), comparison, latency: latency.flatMap(Latency.init),
      allocationsPerToken: countsAllocations ? try runs.allocationsPerToken() : nil)
  }

  private func measure(for duration: Duration, onThreads threads: Int) throws -> RowResult {
    let runs = try make(threads)
    let (comparison, histogram) = try Crew.measure(runs, for: duration, withLatency: hasLatency)
    for runs in runs { try runs.end() }
    for runs in runs { try runs.check() }
    return RowResult(RowKey(name, threads: threads), comparison, latency: Latency(histogram))
  }
}
