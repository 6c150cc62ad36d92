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

extension RotatorEvent {
  /// Writes the event to a log: pass `{ $0.log(to: logger) }` as the rotator's `onEvent`.
  ///
  /// Routine events are `debug`, changes `notice`, events that need attention `warning`, failures `error`. No entry holds a
  /// secret.
  public func log(to logger: Logger) {
    switch self {
    case .ring(let event, let epoch):
      logger.log(level: event.level, "\(event)", metadata: ["epoch": "\(epoch)"])
    case .failed(let error, let signsUntil):
      logger.error(
        "the key ring could not be read or changed: \(error)", metadata: ["signsUntil": "\(signsUntil)"])
    }
  }
}

extension RingEvent {
  fileprivate var level: Logger.Level {
    switch self {
    case .revoked, .activatedEarly, .clockSetBack, .clockPutRight: .warning
    default: isRoutine ? .debug : .notice
    }
  }
}
#endif
