#if Server
import IDTokens
import JOSECore
import KeyRotation
import Metrics
import NIOCore
import NIOHTTP1
import Synchronization
import SystemSupport

/// Of the tokens of an app.
typealias TokenCounter = Counter

/// Of the answers of a route with one status.
struct AnswerMetrics {
  fileprivate let count: Counter
  /// Of all answers of the route.
  fileprivate let duration: Timer

  /// - Parameter time: from the request's head to its answer; `nil` where there was no request.
  func record(_ time: TimeAmount?) {
    count.increment()
    if let time { duration.recordNanoseconds(time.nanoseconds) }
  }
}

/// The issuer's metrics, through swift-metrics. Handles are kept, because a look-up for each request would cost as much
/// as a token.
final class IssuerMetrics: Sendable {
  private let factory: any MetricsFactory
  private let refusals: [RefusalReason: Counter]
  private let nextChange: Mutex<[Algorithm: Gauge]>
  private let epoch: Gauge
  private let confirmedAt: Gauge
  private let signer: MultiBufferSigner
  private let certificates: TLSCertificates?
  private let process: ProcessMetrics
  private let certificateExpiry: Gauge?
  /// Under the present name and under the earlier one, which dashboards still read.
  private let multiBufferFaults: [Counter]
  private let countedFaults = Mutex(0)
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

  /// - Parameter certificates: `nil` without TLS.
  init(
    _ factory: any MetricsFactory, _ signer: MultiBufferSigner, _ certificates: TLSCertificates?,
    startedAt: NumericDate
  ) {
    (self.factory, self.signer, self.certificates) = (factory, signer, certificates)
    process = ProcessMetrics(factory, startedAt: startedAt)
    certificateExpiry = certificates.map { _ in
      Gauge(label: "idtoken_certificate_expiry_timestamp_seconds", factory: factory)
    }
    multiBufferFaults = ["idtoken_multi_buffer_faults_total", "idtoken_lane_faults_total"].map {
      Counter(label: $0, factory: factory)
    }
    refusals = Dictionary(
      uniqueKeysWithValues: RefusalReason.allCases.map { reason in
        (
          reason,
          Counter(
            label: "idtoken_refusals_total", dimensions: [("reason", reason.rawValue)], factory: factory)
        )
      })
    // A series from the start for each route, also before its first request.
    for route in Route.allCases { _ = Self.duration(route, factory) }
    Gauge(
      label: "idtoken_build_info",
      dimensions: [("version", PackageVersion.current), ("openssl", OpenSSLLibrary.version)], factory: factory
    ).record(1)
    epoch = Gauge(label: "idtoken_ring_epoch", factory: factory)
    confirmedAt = Gauge(label: "idtoken_ring_confirmed_timestamp_seconds", factory: factory)
    nextChange = Mutex([:])
  }

  /// Tokens are counted for registered apps only, which bounds the number of counters.
  func counter(_ clientID: ClientID, _ algorithm: Algorithm) -> TokenCounter {
    let label = TokenLabel(clientID: clientID, algorithm: algorithm)
    return tokens.withLock { tokens in
      if let known = tokens[label] { return known }
      let new = Counter(
        label: "idtoken_tokens_total",
        dimensions: [("client_id", clientID.text), ("alg", algorithm.rawValue)], factory: factory)
      tokens[label] = new
      return new
    }
  }

  func answers(_ route: Route, _ status: HTTPResponseStatus) -> AnswerMetrics {
    let dimensions = [("route", route.rawValue), ("status", "\(status.code)")]
    return AnswerMetrics(
      count: Counter(label: "idtoken_requests_total", dimensions: dimensions, factory: factory),
      duration: Self.duration(route, factory))
  }

  private static func duration(_ route: Route, _ factory: any MetricsFactory) -> Timer {
    Timer(
      label: "idtoken_request_duration_seconds", dimensions: [("route", route.rawValue)], factory: factory)
  }

  func refused(_ reason: RefusalReason) { refusals[reason]?.increment() }

  /// Updates the gauges, before each scrape.
  func observe(_ ring: KeyRing, at now: NumericDate) {
    let state = ring.current.ring
    epoch.record(state.epoch)
    confirmedAt.record(ring.signsUntil.advanced(by: -state.policy.stalenessBound).secondsSinceEpoch)
    observeKeys(state, at: now)
    for algorithm in state.policy.algorithms { observeNextChange(state, algorithm) }
    observeFaults()
    if let expiry = certificates?.expiry { certificateExpiry?.record(expiry.secondsSinceEpoch) }
    process.observe()
  }

  private func observeFaults() {
    countedFaults.withLock { counted in
      let faults = signer.faults
      for counter in multiBufferFaults { counter.increment(by: faults - counted) }
      counted = faults
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

/// The `# HELP` lines of the issuer's metrics.
enum IssuerMetricHelp {
  static let lines = [
    "idtoken_build_info": "Always 1; its labels name the version of the issuer and of OpenSSL.",
    "idtoken_tokens_total": "Tokens issued, by app and algorithm.",
    "idtoken_refusals_total": "Requests for a token that were refused, by reason.",
    "idtoken_requests_total": "Requests, by route and status.",
    "idtoken_certificate_expiry_timestamp_seconds": "When the TLS certificate in use expires.",
    "idtoken_request_duration_seconds": "From a request's head to the end of its answer, by route.",
    "idtoken_key_age_seconds": "Since a key's publication, for every key of the ring.",
    "idtoken_next_key_change_timestamp_seconds": "When the keys of an algorithm in the JWKS change next.",
    "idtoken_multi_buffer_faults_total":
      "Signatures that the multi-buffer library failed to make; OpenSSL made them instead.",
    "idtoken_lane_faults_total": "The same as idtoken_multi_buffer_faults_total, under its earlier name.",
    "idtoken_ring_epoch": "Durable changes of the key ring so far.",
    "idtoken_ring_confirmed_timestamp_seconds": "When this process last read the ring from its store.",
    "process_cpu_seconds_total": "Processor time of this process.",
    "process_resident_memory_bytes": "Memory of this process.",
    "process_open_fds": "Open files and connections.",
    "process_max_fds": "The limit of open files and connections.",
    "process_start_time_seconds": "When this process was started.",
  ]
}

/// The metrics that Prometheus's clients have for every process, under the same names. What the system doesn't tell is
/// left out.
private final class ProcessMetrics: Sendable {
  private let processorSeconds: FloatingPointCounter
  private let counted = Mutex(0.0)
  private let (residentBytes, openFiles): (Gauge?, Gauge?)

  init(_ factory: any MetricsFactory, startedAt: NumericDate) {
    func gauge(_ name: String, _ value: Int?) -> Gauge? {
      guard let value else { return nil }
      let gauge = Gauge(label: name, factory: factory)
      gauge.record(value)
      return gauge
    }
    processorSeconds = FloatingPointCounter(label: "process_cpu_seconds_total", factory: factory)
    residentBytes = gauge("process_resident_memory_bytes", ProcessUsage.residentBytes)
    openFiles = gauge("process_open_fds", ProcessUsage.openFiles)
    _ = gauge("process_max_fds", OpenFileLimit.current())
    _ = gauge("process_start_time_seconds", Int(startedAt.secondsSinceEpoch))
  }

  func observe() {
    if let used = ProcessUsage.processorSeconds {
      counted.withLock { counted in
        processorSeconds.increment(by: used - counted)
        counted = used
      }
    }
    if let bytes = ProcessUsage.residentBytes { residentBytes?.record(bytes) }
    if let files = ProcessUsage.openFiles { openFiles?.record(files) }
  }
}
#endif
