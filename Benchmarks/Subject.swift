import IDTokens
import JOSECore
import KeyRotation
import SessionHost

/// A session of an app, its keys, and a backend that checks its tokens: what a row mints with.
struct Subject {
  let algorithm: Algorithm
  let content: TokenContent
  /// Of the Shopify profile alone.
  let secret: ClientSecret?
  let issuer: TokenIssuer
  let session: TokenSession
  let prepared: PreparedToken
  /// The same key for the bare operation: the secret's bytes, or the private key as PEM.
  let keyMaterial: SecretBytes
  let verifier: TokenVerifier<VerificationKeys>
  /// The public keys as a JWK Set; empty for a secret.
  let jwks: String
  let multiBuffer: MultiBufferSigner
  /// Without a ring it is the Shopify profile.
  let (url, ring): (IssuerURL?, KeyRing?)

  init(_ algorithm: Algorithm, _ multiBuffer: MultiBufferSigner = .shared) throws {
    guard !algorithm.isSymmetric else {
      try self.init(symmetric: algorithm, multiBuffer)
      return
    }
    let key = try RingSigningKey.generate(algorithm)
    let now = WallClock.system.now
    // Nobody confirms this ring again: it has to be good for as long as a run takes.
    let policy = try RotationPolicy(["staleness_bound": "1d"], algorithms: [algorithm])
    let ring = try KeyRingState.new([key.newKey].compactMap(\.self), policy: policy, at: now).ring
    let snapshot = try KeyRingSnapshot(ring, signingKeys: [key])
    try self.init(KeyRing(snapshot, confirmedAt: now), key, multiBuffer)
  }

  private init(symmetric algorithm: Algorithm, _ multiBuffer: MultiBufferSigner) throws {
    let secret = try ClientSecret("shpss_" + SessionID.random().text.prefix(32))
    (self.algorithm, self.secret) = (algorithm, secret)
    content = try Self.content()
    self.multiBuffer = multiBuffer
    issuer = .shopify(clientID: content.audience[0], secret: secret)
    session = try issuer.session(content)
    prepared = try session.prepared()
    (keyMaterial, jwks) = (secret.bytes, "")
    (url, ring) = (nil, nil)
    verifier = TokenVerifier(
      .secret(secret), audience: ExpectedAudience(content.audience[0]), issuer: .anyShop)
  }

  /// A session of an issuer with this ring, whose key is active now.
  init(_ ring: KeyRing, _ key: RingSigningKey, _ multiBuffer: MultiBufferSigner) throws {
    let (url, snapshot) = (try IssuerURL(Self.issuerURL), ring.current)
    (algorithm, secret) = (key.algorithm, nil)
    content = try Self.content()
    self.multiBuffer = multiBuffer
    (self.url, self.ring) = (url, ring)
    issuer = TokenIssuer(url: url, ring: ring, algorithm: algorithm, multiBuffer: multiBuffer)
    session = try issuer.session(content)
    prepared = try session.prepared()
    keyMaterial = try key.key.privateKey?.pem() ?? SecretBytes(utf8: "")
    jwks = String(decoding: snapshot.jwksBytes, as: UTF8.self)
    verifier = TokenVerifier(
      .jwkSet(snapshot.jwks), audience: ExpectedAudience(content.audience[0]), issuer: ExpectedIssuer(url))
  }

  static let issuerURL = "https://tokens.example.com"

  /// Fails unless a backend would take the token now.
  func verify(_ token: String) throws { _ = try verifier.verify(token, at: WallClock.system.now) }

  static let shop: ShopDomain = "snow-devil.myshopify.com"
  static let user: UserID = 70_123_456_789

  private static func content() throws -> TokenContent {
    TokenContent(
      shop: shop, user: user, clientID: "0f8c2d6b1a9e4375c0d1e2f3a4b5c6d7", sessionID: try .random())
  }
}

extension Subject {
  /// What an extension of the app has of a session.
  func sessionAPI() throws -> SessionAPI {
    let apps = InMemoryApps()
    apps.register(
      try AppRegistration(clientID: content.audience[0], secret: secret, signedResponseAlgorithm: algorithm))
    apps.permit(Self.user, toUse: content.audience[0], in: Self.shop)
    let session = Session(
      shopId: 1001, shopDomain: Self.shop, userId: Self.user, locationId: 5, staffMemberId: 7,
      currency: "CAD", posVersion: "10.6.0")
    let source =
      if let url, let ring {
        SessionTokenIssuer(apps, url: url, ring: ring, multiBuffer: multiBuffer)
      } else {
        SessionTokenIssuer(apps)
      }
    let controller = SessionController(session, deviceId: 3003, tokens: source) { _, refusal in
      Terminal.printError("getSessionToken(): \(refusal)")
    }
    return controller.api(for: content.audience[0])
  }
}
