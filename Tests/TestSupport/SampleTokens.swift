package import IDTokens

/// Tokens of a session that is always the same.
package enum SampleTokens {
  package static let content = TokenContent(
    shop: "snow-devil.myshopify.com", user: 42, clientID: "app", sessionID: "session")

  package static func issuer(_ ring: KeyRing, _ clock: WallClock) -> RingIssuer {
    RingIssuer(url: "https://id.example.com", ring: ring, clock: clock)
  }

  /// A token of each algorithm, by the snapshot's active keys.
  package static func mint(_ snapshot: KeyRingSnapshot, at now: NumericDate) throws -> [String] {
    let issuer = issuer(KeyRing(snapshot, confirmedAt: now), .fixed(now))
    let lifetime = snapshot.ring.policy.tokenLifetime
    return try snapshot.ring.policy.algorithms.map {
      try issuer.issuer($0, lifetime: lifetime).token(content).text
    }
  }
}
