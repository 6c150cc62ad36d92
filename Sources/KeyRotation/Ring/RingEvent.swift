public import JOSECore

/// Something that a step has changed, or that an operator should know.
public enum RingEvent: Sendable, Hashable {
  case created
  case imported(keyID: String, Algorithm)
  case published(keyID: String, Algorithm)
  case confirmed(keyID: String, Algorithm)
  case activated(keyID: String, Algorithm)
  /// After a revocation: verifiers that hold an older JWKS refuse this key's tokens until then.
  case activatedEarly(keyID: String, Algorithm, until: NumericDate?)
  case retired(keyID: String, Algorithm)
  case removed(keyID: String, Algorithm)
  case revoked(keyID: String, Algorithm, reason: String)
  case reserved(keyID: String, until: NumericDate)
  case policyChanged
  /// A date of the ring lay in the future: the clock was set back. What counted from it begins anew.
  case clockSetBack(keyID: String, from: NumericDate)
  /// The clock is where it was set back from: the standby's wait begins anew, for it can't be told how long it was.
  case clockPutRight(keyID: String, from: NumericDate)

  /// Reservations are routine: they change no key's state and are not worth an entry in the audit log.
  public var isRoutine: Bool { if case .reserved = self { true } else { false } }
}

extension RingEvent {
  /// The key that it is about; `nil` for the ring itself.
  var keyID: String? {
    switch self {
    case .created, .policyChanged: nil
    case .imported(let keyID, _), .published(let keyID, _), .confirmed(let keyID, _),
      .activated(let keyID, _), .activatedEarly(let keyID, _, _), .retired(let keyID, _),
      .removed(let keyID, _), .revoked(let keyID, _, _), .reserved(let keyID, _),
      .clockSetBack(let keyID, _), .clockPutRight(let keyID, _):
      keyID
    }
  }
}

extension KeyRingState {
  /// What has become of keys and policy since an earlier state, as far as the two states show it.
  func changes(since earlier: KeyRingState) -> [RingEvent] {
    var events: [RingEvent] = policy == earlier.policy ? [] : [.policyChanged]
    for key in keys {
      let before = earlier[key.keyID]
      if before == nil { events.append(.published(keyID: key.keyID, key.algorithm)) }
      guard before?.state != key.state else { continue }
      switch key.state {
      case .published: break
      case .active: events.append(.activated(keyID: key.keyID, key.algorithm))
      case .retired: events.append(.retired(keyID: key.keyID, key.algorithm))
      case .revoked:
        events.append(.revoked(keyID: key.keyID, key.algorithm, reason: key.revocationReason ?? ""))
      }
    }
    for key in earlier.keys where self[key.keyID] == nil {
      events.append(.removed(keyID: key.keyID, key.algorithm))
    }
    return events
  }
}

extension RingEvent: CustomStringConvertible {
  public var description: String {
    switch self {
    case .created: "ring created"
    case .imported(let keyID, let algorithm): "imported \(algorithm) \(keyID) as the active key"
    case .published(let keyID, let algorithm): "published \(algorithm) \(keyID)"
    case .confirmed(let keyID, let algorithm): "\(algorithm) \(keyID) is in the public JWKS: its wait begins"
    case .activated(let keyID, let algorithm): "activated \(algorithm) \(keyID)"
    case .activatedEarly(let keyID, let algorithm, let until):
      "activated \(algorithm) \(keyID) early; some verifiers may not know it until \(until.map { "\($0)" } ?? "its wait is over")"
    case .retired(let keyID, let algorithm): "retired \(algorithm) \(keyID)"
    case .removed(let keyID, let algorithm): "removed \(algorithm) \(keyID)"
    case .revoked(let keyID, let algorithm, let reason): "revoked \(algorithm) \(keyID): \(reason)"
    case .reserved(let keyID, let until): "reserved \(keyID) for tokens until \(until)"
    case .policyChanged: "policy changed"
    case .clockSetBack(let keyID, let from): "the clock was set back; \(keyID) had a date of \(from)"
    case .clockPutRight(let keyID, let from):
      "the clock is again at \(from), from where it was set back; the wait of \(keyID) begins anew"
    }
  }
}
