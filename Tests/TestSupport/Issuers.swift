package import IDTokens

/// Issues tokens by a ring, with the algorithm chosen for each token.
package struct RingIssuer: Sendable {
  let url: IssuerURL
  let ring: KeyRing
  let clock: WallClock
  let multiBuffer: MultiBufferSigner

  package init(
    url: IssuerURL = "https://id.example.com/tenant", ring: KeyRing, clock: WallClock = .system,
    multiBuffer: MultiBufferSigner = .shared
  ) {
    (self.url, self.ring, self.clock, self.multiBuffer) = (url, ring, clock, multiBuffer)
  }

  package func issuer(_ algorithm: Algorithm, lifetime: Int64 = 60) -> TokenIssuer {
    TokenIssuer(
      url: url, ring: ring, algorithm: algorithm, lifetime: .seconds(lifetime), clock: clock,
      multiBuffer: multiBuffer)
  }

  package func token(_ content: TokenContent, _ algorithm: Algorithm) throws(IDTokenError) -> IDToken {
    try issuer(algorithm).token(content)
  }

  package func session(_ content: TokenContent, _ algorithm: Algorithm) throws(IDTokenError) -> TokenSession {
    try issuer(algorithm).session(content)
  }
}

/// Issues Shopify tokens, with the secret chosen for each token.
package struct ShopifyIssuer: Sendable {
  let clock: WallClock

  package init(clock: WallClock = .system) { self.clock = clock }

  package func token(_ content: TokenContent, _ secret: ClientSecret) throws(IDTokenError) -> IDToken {
    try issuer(content, secret).token(content)
  }

  package func session(_ content: TokenContent, _ secret: ClientSecret) throws(IDTokenError) -> TokenSession {
    try issuer(content, secret).session(content)
  }

  package func issuer(
    _ content: TokenContent, _ secret: ClientSecret, lifetime: Int64 = 60
  ) -> TokenIssuer {
    .shopify(
      clientID: content.audience.first ?? "app", secret: secret, lifetime: .seconds(lifetime), clock: clock)
  }
}

extension KeyRingState {
  /// A new ring that signs with the algorithms of its keys.
  package static func new(_ keys: [NewKey], at now: NumericDate) throws -> KeyRingState {
    let algorithms = keys.map(\.algorithm).reduce(into: [Algorithm]()) { list, algorithm in
      if !list.contains(algorithm) { list.append(algorithm) }
    }
    return try new(keys, policy: .standard.with(algorithms), at: now).ring
  }
}
