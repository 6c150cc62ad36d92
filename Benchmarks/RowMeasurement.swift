import BenchmarkResults
import JOSECore

extension Row {
  /// Throughput first, in turns with the limit; then single tokens and allocations, in slices of their own, so that
  /// timing and counting don't slow down what is compared.
  func measure(for duration: Duration, threads: Int, _ lanes: MultiBufferSigner) throws -> RowResult {
    threads == 1
      ? try measureAlone(for: duration, lanes) : try measure(for: duration, onThreads: threads, lanes)
  }

  private func measureAlone(for duration: Duration, _ lanes: MultiBufferSigner) throws -> RowResult {
    let runs = try runs(lanes)
    let comparison = try Measurement.compare(runs, for: duration)
    if comparesLatency {
      let latencies = try Measurement.compareLatency(runs, for: duration)
      try runs.check()
      return RowResult(RowKey(name), comparison, latencies).noting(runs.note)
    }
    let latency = hasLatency ? try Measurement.latency(of: runs.row, for: duration / 4) : nil
    try runs.end()
    try runs.check()
    return RowResult(
      RowKey(name), comparison, latency: latency.flatMap(Latency.init),
      allocationsPerToken: countsAllocations ? try runs.allocationsPerToken() : nil
    ).noting(runs.note)
  }

  private func measure(
    for duration: Duration, onThreads threads: Int, _ lanes: MultiBufferSigner
  ) throws -> RowResult {
    let runs = try make(threads, lanes)
    let (comparison, histogram) = try ThreadGroup.measure(runs, for: duration, withLatency: hasLatency)
    for runs in runs { try runs.end() }
    for runs in runs { try runs.check() }
    return RowResult(RowKey(name, threads: threads), comparison, latency: Latency(histogram))
      .noting(runs.first?.note)
  }
}
