#if Server
import Foundation
import IDTokenServer
import JOSECore
import KeyRotation
import Metrics

/// An issuer in the midst of its work: two rotations behind it, one ahead.
enum SamplePage {
  static let birth = NumericDate(1_790_000_000)

  static func status() throws -> OperatorStatus {
    let day: Int64 = 86_400
    let now = birth.advanced(by: 60 * day + 9 * 3600)
    return OperatorStatus(
      now: now, startedAt: now.advanced(by: -3 * day - 4000), issuer: "https://id.example.com",
      role: .rotates,
      ring: try ring(at: now), signsUntil: now.advanced(by: 270), statistics: statistics(metrics()))
  }

  /// The sample's ring: brought to 60 days and 9 hours.
  private static func ring(at now: NumericDate) throws -> KeyRingState {
    var ring = try KeyRingState.new(
      newKeys([.rs256, .rs256, .es256, .es256]), policy: RotationPolicy(), at: birth
    ).ring
    for hours in stride(from: 0, through: now.seconds(since: birth) / 3600, by: 6) {
      ring = try settled(ring, at: birth.advanced(by: hours * 3600))
    }
    return ring
  }

  static func metrics() -> PrometheusMetrics {
    let metrics = PrometheusMetrics()
    let apps = [
      ("my-app", "HS256", 12_000), ("loyalty-cards", "ES256", 3_480), ("loyalty-cards-test", "RS256", 7),
    ]
    for (app, algorithm, count) in apps {
      Counter(
        label: "idtoken_tokens_total", dimensions: [("client_id", app), ("alg", algorithm)],
        factory: metrics
      ).increment(by: count)
    }
    for (reason, count) in [("not_permitted", 12), ("slow_down", 3), ("invalid_client", 1)] {
      Counter(label: "idtoken_refusals_total", dimensions: [("reason", reason)], factory: metrics)
        .increment(by: count)
    }
    let timer = Timer(
      label: "idtoken_request_duration_seconds", dimensions: [("route", "/session-token")], factory: metrics
    )
    for number in 1...100 { timer.recordMicroseconds(number * number) }
    Gauge(label: "idtoken_ring_epoch", factory: metrics).record(12)
    return metrics
  }

  /// A quarter of an hour in which the busiest app was asked for more and more.
  private static func statistics(_ total: PrometheusMetrics) -> IssuanceStatistics {
    let start = ContinuousClock.now
    let recorder = StatisticsRecorder(total, at: start)
    let counter = Counter(
      label: "idtoken_tokens_total", dimensions: [("client_id", "my-app"), ("alg", "HS256")], factory: total
    )
    for step in 1...90 {
      counter.increment(by: 100 + step * 3 + (step % 7) * 20)
      recorder.sample(at: start + .seconds(10 * step))
    }
    return recorder.statistics(at: start + .seconds(900))
  }

  private static func newKeys(_ algorithms: [Algorithm]) throws -> [NewKey] {
    try algorithms.compactMap { try RingSigningKey.generate($0).newKey }
  }

  private static func settled(_ ring: KeyRingState, at now: NumericDate) throws -> KeyRingState {
    let first = try ring.step(ring.policy, at: now)
    if first.missing.isEmpty { return first.ring }
    return try ring.step(ring.policy, at: now, newKeys: newKeys(first.missing)).ring
  }
}
#endif
