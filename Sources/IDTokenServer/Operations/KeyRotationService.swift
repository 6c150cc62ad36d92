#if Server
public import KeyRotation
public import Logging
public import ServiceLifecycle

/// Runs a `KeyRotator` in a service group, until the group shuts down.
public struct KeyRotationService: Service {
  private let rotator: KeyRotator

  public init(_ rotator: KeyRotator) { self.rotator = rotator }

  /// Returns when the group shuts down, even during a pause. A step that is being written is finished first.
  public func run() async throws { await cancelWhenGracefulShutdown { await rotator.run() } }
}

extension KeyRotator {
  /// A rotator that logs the changes of this process and of others: routine ones as `debug`, those that need attention as
  /// `warning`, all else as `notice`, and failures as `error`. No entry holds a secret.
  public init(_ ring: KeyRing, logger: Logger) {
    self.init(ring) { event, epoch in
      event.log(to: logger, epoch: epoch)
    } onFollowed: { event, epoch in
      event.log(to: logger, epoch: epoch, by: "another process")
    } onFailure: { error, signsUntil in
      logger.error(
        "the key ring could not be read or changed: \(error)", metadata: ["signsUntil": "\(signsUntil)"])
    }
  }
}

extension RingEvent {
  /// - Parameter process: the one that made the change; `nil` for this one.
  package func log(to logger: Logger, epoch: Int, by process: String? = nil) {
    var metadata: Logger.Metadata = ["epoch": "\(epoch)"]
    if let process { metadata["by"] = "\(process)" }
    logger.log(level: level, "\(self)", metadata: metadata)
  }

  fileprivate var level: Logger.Level {
    switch self {
    case .revoked, .activatedEarly, .clockSetBack, .clockPutRight: .warning
    default: isRoutine ? .debug : .notice
    }
  }
}
#endif
