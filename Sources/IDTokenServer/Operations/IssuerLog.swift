#if Server
import JOSECore
import KeyRotation
public import Logging
import NIOCore
import NIOHTTP1
import Synchronization
import SystemSupport

extension IssuerConfiguration {
  /// A logger that writes a line for each entry to standard error.
  public func makeLogger() -> Logger {
    var logger = Logger(label: "idtoken") { label in
      switch logFormat {
      case .json: JSONLogHandler(label: label)
      case .text: StreamLogHandler.standardError(label: label)
      }
    }
    logger.logLevel = logLevel
    return logger
  }
}

/// A JSON object for each entry, for programs that collect logs.
struct JSONLogHandler: LogHandler {
  let label: String
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .info

  init(label: String) { self.label = label }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var line: JSONObject = [
      "time": .string("\(WallClock.system.now)"), "level": .string(event.level.rawValue),
      "message": .string("\(event.message)"),
    ]
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    for (key, value) in all.sorted(by: { $0.key < $1.key }) { line[key] = .string("\(value)") }
    // Tokens are issued even if the log can't be written.
    try? StandardStream.error.write("\(line)\n")
  }
}

/// Logs a line for each refusal, with its reason. Secrets can't get here: of a request and its answer only the fields of
/// `LogLine` are passed on, and no body.
///
/// In one second there are at most `linesPerSecond`, so that nobody fills a disk by being refused, and a refusal costs no
/// more than a token. With the next one stands how many were left out; the metrics count all of them. Failures of the issuer
/// are counted apart: no client can hide one.
final class RefusalLog: Sendable {
  /// What was logged in the latest second.
  private struct Second {
    var at = NumericDate(.min)
    var lines = 0
    var leftOut = 0

    /// Whether there is another line, and how many were left out in an earlier second.
    mutating func admits(_ now: NumericDate) -> (Bool, leftOut: Int) {
      let earlier = at == now ? 0 : leftOut
      if at != now { self = Second(at: now) }
      let isAdmitted = lines < RefusalLog.linesPerSecond
      if isAdmitted { lines += 1 } else { leftOut += 1 }
      return (isAdmitted, earlier)
    }
  }

  private let logger: Logger
  private let clock: WallClock
  private let latest = Mutex((refusals: Second(), failures: Second()))

  static let linesPerSecond = 100

  init(_ logger: Logger, _ clock: WallClock) { (self.logger, self.clock) = (logger, clock) }

  private func admits(isFailure: Bool = false) -> Bool {
    let now = clock.now
    let (isAdmitted, leftOut) = latest.withLock {
      isFailure ? $0.failures.admits(now) : $0.refusals.admits(now)
    }
    if leftOut > 0 { logger.warning("refusals were not logged", metadata: ["count": "\(leftOut)"]) }
    return isAdmitted
  }

  /// - Parameter line: made only if it is written.
  func note(_ refusal: Refusal, _ line: @autoclosure () -> LogLine) {
    let isFailure = refusal.status.code >= 500
    guard admits(isFailure: isFailure) else { return }
    logger.log(level: isFailure ? .error : .notice, "refused", metadata: metadata(refusal, line()))
  }

  /// An answer without a token that isn't an error.
  func noteNotPermitted(_ line: @autoclosure () -> LogLine) {
    guard admits() else { return }
    var metadata = line().metadata
    metadata["reason"] = "\(RefusalReason.notPermitted.rawValue)"
    metadata["status"] = "204"
    logger.info("refused", metadata: metadata)
  }

  private func metadata(_ refusal: Refusal, _ line: LogLine) -> Logger.Metadata {
    var metadata = line.metadata
    metadata["reason"] = "\(refusal.reason.rawValue)"
    metadata["status"] = "\(refusal.status.code)"
    metadata["description"] = "\(refusal.description.inDescription)"
    if let detail = refusal.detail { metadata["detail"] = "\(detail)" }
    return metadata
  }
}

/// A line for each request that is answered: the facts of `LogLine`, never a path, a header field or a body.
struct AccessLog: Sendable {
  private let logger: Logger

  init(_ logger: Logger) { self.logger = logger }

  func note(_ exchange: Exchange, _ answer: Answer, _ duration: TimeAmount) {
    var metadata = exchange.logLine.metadata
    // An unknown method is the client's own text.
    let isKnown = [.GET, .HEAD, .POST].contains(exchange.head.method)
    metadata["method"] = isKnown ? "\(exchange.head.method.rawValue)" : "other"
    metadata["status"] = "\(answer.status.code)"
    metadata["bytes"] = "\(answer.body?.readableBytes ?? 0)"
    metadata["microseconds"] = "\(duration.nanoseconds / 1000)"
    logger.info("answered", metadata: metadata)
  }
}

/// The facts about a request that a log line has.
struct LogLine {
  let route: Route
  let requestID: String
  let traceID: String?
  let client: String
  var host: String?
  var clientID: String?
  var shop: String?

  var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = [
      "route": "\(route.rawValue)", "request_id": "\(requestID)", "client": "\(client)",
    ]
    if let traceID { metadata["trace_id"] = "\(traceID)" }
    if let host { metadata["host"] = "\(host)" }
    if let clientID { metadata["client_id"] = "\(clientID)" }
    if let shop { metadata["shop"] = "\(shop)" }
    return metadata
  }
}

extension MultiBufferSigner {
  /// Logs at the start how tokens are signed, and tests each key with the library before its first token.
  func log(_ ring: KeyRingSnapshot, to logger: Logger) {
    // `lanes` is the earlier name of the key.
    logger.info("multi-buffer signing", metadata: ["multi_buffer": "\(self)", "lanes": "\(self)"])
    guard case .on = status else { return }
    for algorithm in ring.ring.policy.algorithms {
      guard let key = try? ring.signingKey(for: algorithm), let reason = unavailabilityReason(for: key.key)
      else {
        continue
      }
      logger.notice("signed one by one", metadata: ["alg": "\(algorithm)", "reason": "\(reason)"])
    }
  }
}

extension IssuerConfiguration {
  var multiBufferSigner: MultiBufferSigner { multiBuffer == .on ? .shared : .off }
}
#endif
