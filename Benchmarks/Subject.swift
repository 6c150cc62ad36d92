import IDTokens
import JOSECore
import KeyRotation

/// A session of an app, its keys, and a backend that checks its tokens: what a row mints with.
struct Subject {
  let algorithm: Algorithm
  let request: TokenRequest
  let profile: TokenProfile
  /// Of the Shopify profile alone.
  let secret: ClientSecret?
  let issuer: TokenIssuer
  let series: TokenSession
  let template: PreparedToken
  /// The same key for the bare operation: the secret's bytes, or the private key as PEM.
  let keyMaterial: SecretBytes
  let verifier: TokenVerifier
  /// The public keys as a JWK Set; empty for a secret.
  let jwks: String
  let lanes: MultiBufferSigner

  init(_ algorithm: Algorithm, _ lanes: MultiBufferSigner = .shared) throws {
    guard !algorithm.isSymmetric else {
      try self.init(symmetric: algorithm, lanes)
      return
    }
    let key = try RingSigningKey.generate(algorithm)
    let now = WallClock.system.now
    // Nobody confirms this ring again: it has to be good for as long as a run takes.
    let policy = try RotationPolicy(["staleness_bound": "1d"], algorithms: [algorithm])
    let ring = try KeyRingState.new([key.newKey].compactMap(\.self), policy: policy, at: now).ring
    let snapshot = try KeyRingSnapshot(ring, signingKeys: [key])
    try self.init(KeyRing(snapshot, confirmedAt: now), key, lanes)
  }

  private init(symmetric algorithm: Algorithm, _ lanes: MultiBufferSigner) throws {
    let secret = try ClientSecret("shpss_" + SessionID.random().text.prefix(32))
    (self.algorithm, self.secret, profile) = (algorithm, secret, .shopify(secret))
    request = try Self.request()
    self.lanes = lanes
    issuer = TokenIssuer()
    series = try issuer.series(request, profile)
    template = try PreparedToken(request, secret: secret)
    (keyMaterial, jwks) = (secret.bytes, "")
    verifier = try TokenVerifier(secrets: [secret], audience: request.clientID.text)
  }

  /// A session of an issuer with this ring, whose key is active now.
  init(_ ring: KeyRing, _ key: RingSigningKey, _ lanes: MultiBufferSigner) throws {
    let (url, snapshot) = (try IssuerURL(Self.issuerURL), ring.current)
    (algorithm, profile, secret) = (key.algorithm, .openID(key.algorithm), nil)
    request = try Self.request()
    self.lanes = lanes
    issuer = TokenIssuer(url, ring: ring, lanes: lanes)
    series = try issuer.series(request, profile)
    template = try PreparedToken(request, issuer: url, key: key)
    keyMaterial = try key.key.privateKey?.pem() ?? SecretBytes(utf8: "")
    jwks = String(decoding: snapshot.jwksBytes, as: UTF8.self)
    verifier = TokenVerifier(keys: snapshot.jwks, audience: request.clientID.text, issuer: url.text)
  }

  static let issuerURL = "https://tokens.example.com"

  /// Fails unless a backend would take the token now.
  func verify(_ token: String) throws { _ = try verifier.verify(token, at: WallClock.system.now) }

  private static func request() throws -> TokenRequest {
    try TokenRequest(
      shop: ShopDomain("snow-devil.myshopify.com"), user: UserID(70_123_456_789),
      clientID: ClientID("0f8c2d6b1a9e4375c0d1e2f3a4b5c6d7"), sessionID: .random())
  }
}
