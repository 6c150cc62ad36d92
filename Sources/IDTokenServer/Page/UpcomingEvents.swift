#if Server
import JOSECore
import KeyRotation

/// The next changes of a ring, as sentences.
struct UpcomingEvents {
  struct Event {
    /// `nil` if it depends on something else.
    let time: NumericDate?
    let algorithm: String
    let text: String
  }

  let ring: KeyRingState

  /// Sorted by time, those without one last.
  var events: [Event] {
    let events = ring.policy.algorithms.flatMap(successions) + ring.keys.compactMap(departure)
    return events.sorted { ($0.time ?? NumericDate(.max)) < ($1.time ?? NumericDate(.max)) }
  }

  private func successions(_ algorithm: Algorithm) -> [Event] {
    func event(_ time: NumericDate?, _ text: String) -> Event {
      Event(time: time, algorithm: algorithm.rawValue, text: text)
    }
    guard let standby = ring.standby(for: algorithm) else {
      return [event(nil, "has no standby: the next step publishes one")]
    }
    let name = standby.shortName
    guard let known = standby.maySignFrom(ring.policy) else {
      return [event(nil, "standby \(name) waits for its export to be confirmed")]
    }
    let takeover = ring.takeover(of: algorithm, ring.policy) ?? known
    let old = ring.activeKey(for: algorithm).map { " from \($0.shortName)" } ?? ""
    let takes = event(takeover, "\(name) takes over\(old)")
    return takeover > known && !standby.isOriginal
      ? [event(known, "\(name) is known to every verifier"), takes] : [takes]
  }

  private func departure(_ key: RingKey) -> Event? {
    guard let time = key.removableFrom(ring.policy) else { return nil }
    let text = key.state == .revoked ? "is removed" : "leaves the JWKS"
    return Event(time: time, algorithm: key.algorithm.rawValue, text: "\(key.shortName) \(text)")
  }
}

extension RingKey {
  /// The beginning of the `kid`, enough to tell the keys of a ring apart.
  var shortName: String { keyID.count <= 10 ? keyID : "\(keyID.prefix(8))…" }

  /// When the key entered its present state.
  var since: NumericDate { revokedAt ?? retiredAt ?? activatedAt ?? publishedAt }
}
#endif
