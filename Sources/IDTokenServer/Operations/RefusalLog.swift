#if Server
import HTTPTypes
import Logging

/// One line for each refusal, with its reason. What a request or an answer holds of secrets never gets here: neither
/// bodies nor fields but those named below are handed over.
struct RefusalLog {
  let logger: Logger

  func note(_ refusal: Refusal, _ line: LogLine) {
    let isOurs = refusal.status.code >= 500
    logger.log(level: isOurs ? .error : .notice, "refused", metadata: metadata(refusal, line))
  }

  /// An answer without a token that isn't an error.
  func noteNotPermitted(_ line: LogLine) {
    var metadata = line.metadata
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

/// What is known of a request when it is refused.
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
#endif
