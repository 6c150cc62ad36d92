#if Server
import Metrics
import Synchronization

/// Counts what is recorded, by label and dimensions.
final class CountingMetrics: MetricsFactory {
  private let counts = Mutex<[String: Int64]>([:])

  subscript(name: String) -> Int64? { counts.withLock { $0[name] } }

  private final class Handler: CounterHandler, RecorderHandler, TimerHandler, FloatingPointCounterHandler {
    let add: @Sendable (Int64) -> Void

    init(_ add: @escaping @Sendable (Int64) -> Void) { self.add = add }

    func increment(by amount: Int64) { add(amount) }
    func increment(by amount: Double) { add(Int64(amount)) }
    func record(_ value: Int64) { add(1) }
    func record(_ value: Double) { add(1) }
    func recordNanoseconds(_ duration: Int64) { add(1) }
    func reset() {}
  }

  private func handler(_ label: String, _ dimensions: [(String, String)]) -> Handler {
    let name = ([label] + dimensions.map { "\($0.0)=\($0.1)" }).joined(separator: " ")
    return Handler { [self] amount in counts.withLock { $0[name, default: 0] += amount } }
  }

  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    handler(label, dimensions)
  }
  func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler { handler(label, dimensions) }
  func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler { handler(label, dimensions) }
  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    handler(label, dimensions)
  }
  func destroyCounter(_ handler: any CounterHandler) {}
  func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  func destroyRecorder(_ handler: any RecorderHandler) {}
  func destroyTimer(_ handler: any TimerHandler) {}
}
#endif
