#if Server
import JOSECore
import KeyRotation

/// What a ring will do next, in words.
struct UpcomingEvents {
  struct Event {
    /// `nil` where it can't be said.
    let time: NumericDate?
    let algorithm: String
    let text: String
  }

  let ring: KeyRingState

  /// Soonest first; what waits for somebody comes last.
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
      return [event(nil, "standby \(name) waits: its export is not confirmed")]
    }
    let takeover = ring.takeover(of: algorithm, ring.policy) ?? known
    let old = ring.activeKey(for: algorithm).map { " from \($0.shortName)" } ?? ""
    let takes = event(takeover, "\(name) takes over\(old)")
    return takeover > known && !standby.isOriginal
      ? [event(known, "\(name) is known to every verifier"), takes] : [takes]
  }

  private func departure(_ key: RingKey) -> Event? {
    guard let time = key.removableFrom(ring.policy) else { return nil }
    let text = key.state == .revoked ? "is forgotten" : "leaves the JWKS"
    return Event(time: time, algorithm: key.algorithm.rawValue, text: "\(key.shortName) \(text)")
  }
}

extension RingKey {
  /// Enough of the `kid` to tell a ring's keys apart.
  var shortName: String { keyID.count <= 10 ? keyID : "\(keyID.prefix(8))…" }

  /// When the key came into its present state.
  var since: NumericDate { revokedAt ?? retiredAt ?? activatedAt ?? publishedAt }
}
#endif
