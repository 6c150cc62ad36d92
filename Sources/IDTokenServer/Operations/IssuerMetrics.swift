#if Server
import IDTokens
import JOSECore
import KeyRotation
import Metrics
import NIOCore
import Synchronization

/// What the issuer counts, through swift-metrics. Handles are made once: a look-up for each request would cost as much as
/// a token.
final class IssuerMetrics: Sendable {
  private let factory: any MetricsFactory
  private let refusals: [RefusalReason: Counter]
  private let durations: [Route: Timer]
  private let nextChange: Mutex<[Algorithm: Gauge]>
  private let epoch: Gauge
  private let confirmedAt: Gauge
  private let lanes: MultiBufferSigner
  private let laneFaults: Counter
  private let knownFaults = Mutex(0)
  private let tokens = Mutex<[TokenLabel: Counter]>([:])
  private let ages = Mutex<[KeyLabel: Gauge]>([:])

  private struct TokenLabel: Hashable {
    let clientID: ClientID
    let algorithm: Algorithm
  }

  private struct KeyLabel: Hashable {
    let keyID: String
    let algorithm: Algorithm
    let state: RingKey.State
  }

  init(_ factory: any MetricsFactory, _ lanes: MultiBufferSigner) {
    (self.factory, self.lanes) = (factory, lanes)
    laneFaults = Counter(label: "idtoken_lane_faults_total", factory: factory)
    refusals = Dictionary(
      uniqueKeysWithValues: RefusalReason.allCases.map { reason in
        (
          reason,
          Counter(
            label: "idtoken_refusals_total", dimensions: [("reason", reason.rawValue)], factory: factory)
        )
      })
    durations = Dictionary(
      uniqueKeysWithValues: Route.allCases.map { route in
        (
          route,
          Timer(
            label: "idtoken_request_duration_seconds", dimensions: [("route", route.rawValue)],
            factory: factory)
        )
      })
    epoch = Gauge(label: "idtoken_ring_epoch", factory: factory)
    confirmedAt = Gauge(label: "idtoken_ring_confirmed_timestamp_seconds", factory: factory)
    nextChange = Mutex([:])
  }

  /// Tokens are counted for registered apps alone, so there are not more counters than those.
  func minted(_ clientID: ClientID, _ algorithm: Algorithm) {
    let label = TokenLabel(clientID: clientID, algorithm: algorithm)
    let counter = tokens.withLock { tokens in
      if let known = tokens[label] { return known }
      let new = Counter(
        label: "idtoken_tokens_total",
        dimensions: [("client_id", clientID.text), ("alg", algorithm.rawValue)], factory: factory)
      tokens[label] = new
      return new
    }
    counter.increment()
  }

  func refused(_ reason: RefusalReason) { refusals[reason]?.increment() }

  func answered(_ route: Route, from start: NIODeadline, to end: NIODeadline) {
    durations[route]?.recordNanoseconds((end - start).nanoseconds)
  }

  /// Brings the gauges of the ring up to date: asked for when somebody looks.
  func observe(_ live: KeyRing, at now: NumericDate) {
    let ring = live.current.ring
    epoch.record(ring.epoch)
    let bound = ring.policy.stalenessBound
    confirmedAt.record(live.signsUntil.advanced(by: -bound).secondsSinceEpoch)
    observeKeys(ring, at: now)
    for algorithm in ring.policy.algorithms { observeNextChange(ring, algorithm) }
    observeFaults()
  }

  private func observeFaults() {
    knownFaults.withLock { known in
      let faults = lanes.faults
      laneFaults.increment(by: faults - known)
      known = faults
    }
  }

  private func observeKeys(_ ring: KeyRingState, at now: NumericDate) {
    ages.withLock { ages in
      var current: [KeyLabel: Gauge] = [:]
      for key in ring.keys {
        let label = KeyLabel(keyID: key.keyID, algorithm: key.algorithm, state: key.state)
        let gauge =
          ages[label]
          ?? Gauge(
            label: "idtoken_key_age_seconds",
            dimensions: [
              ("kid", key.keyID), ("alg", key.algorithm.rawValue), ("state", key.state.rawValue),
            ],
            factory: factory)
        gauge.record(now.seconds(since: key.publishedAt))
        current[label] = gauge
      }
      for (label, gauge) in ages where current[label] == nil { gauge.destroy() }
      ages = current
    }
  }

  private func observeNextChange(_ ring: KeyRingState, _ algorithm: Algorithm) {
    guard let change = ring.nextPublication(ring.policy, of: algorithm) else { return }
    let gauge = nextChange.withLock { gauges in
      if let known = gauges[algorithm] { return known }
      let new = Gauge(
        label: "idtoken_next_key_change_timestamp_seconds", dimensions: [("alg", algorithm.rawValue)],
        factory: factory)
      gauges[algorithm] = new
      return new
    }
    gauge.record(change.secondsSinceEpoch)
  }
}
#endif
