import JOSECore
package import KeyRotation

/// Opens a ring as a process that starts anew does, and finds what is wrong with it.
package struct RingInspection {
  /// `nil` where the directory holds no ring, or none that opens.
  package let snapshot: KeyRingSnapshot?
  /// What breaks the promise, in words; empty when nothing does.
  package let violations: [String]

  package init(_ directory: String) {
    let store = DirectoryStore(directory)
    var (opened, violations): (KeyRingSnapshot?, [String]) = (nil, [])
    do {
      func privateHalf(_ key: RingKey) throws -> RingSigningKey {
        try RingSigningKey(store.signingKey(key), for: key, at: directory)
      }
      if let ring = try store.load() {
        let snapshot = try KeyRingSnapshot(ring, signingKeys: ring.keys(.active).map(privateHalf))
        violations += Self.missingSigners(snapshot) + Self.earlySigners(snapshot.ring)
        for key in snapshot.ring.keys(.published) { _ = try privateHalf(key) }
        _ = try store.audit()
        opened = snapshot
      }
    } catch {
      violations.append("\(error)")
    }
    (snapshot, self.violations) = (opened, violations)
  }

  private static func missingSigners(_ snapshot: KeyRingSnapshot) -> [String] {
    snapshot.ring.policy.algorithms.compactMap { algorithm in
      do throws(KeyRingError) { _ = try snapshot.signingKey(for: algorithm) } catch { return "\(error)" }
      return nil
    }
  }

  /// Keys that became active before every JWKS that anyone may hold had them. An emergency may do that, nothing else.
  private static func earlySigners(_ ring: KeyRingState) -> [String] {
    ring.keys.compactMap { key in
      guard let activated = key.activatedAt else { return nil }
      if let earliest = key.maySignFrom(ring.policy), activated >= earliest { return nil }
      let isEmergency = ring.keys.contains { $0.algorithm == key.algorithm && $0.revokedAt == activated }
      return isEmergency ? nil : "\(key.algorithm) \(key.keyID) signs since \(activated): too early"
    }
  }
}
