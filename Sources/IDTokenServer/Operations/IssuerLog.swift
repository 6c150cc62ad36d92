#if Server
import JOSECore
public import Logging
import SystemSupport

extension IssuerConfiguration {
  /// Where the issuer's own log goes: standard error, a line for each entry.
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

/// A JSON object for each entry, for machines that gather logs.
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
    // A log that can't be written is no reason to refuse tokens.
    try? StandardStream.error.write("\(line)\n")
  }
}
#endif
