package import IDTokens
package import JOSECore
package import KeyRotation

/// Tokens of a session that is always the same.
package enum SampleTokens {
  package static func request(lifetime: Int64) throws -> TokenRequest {
    try TokenRequest(
      shop: ShopDomain("snow-devil.myshopify.com"), user: UserID(42), clientID: ClientID("app"),
      sessionID: SessionID("session"), lifetime: TokenLifetime(seconds: lifetime))
  }

  package static func issuer(_ ring: KeyRing, _ clock: WallClock) throws -> TokenIssuer {
    TokenIssuer(try IssuerURL("https://id.example.com"), ring: ring, clock: clock)
  }

  /// A token of each algorithm, by the snapshot's active keys.
  package static func mint(_ snapshot: KeyRingSnapshot, at now: NumericDate) throws -> [String] {
    let issuer = try issuer(KeyRing(snapshot, confirmedAt: now), .fixed(now))
    let request = try request(lifetime: snapshot.ring.policy.tokenLifetime)
    return try snapshot.ring.policy.algorithms.map { try issuer.mint(request, .openID($0)).serialized }
  }
}
