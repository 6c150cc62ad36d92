#if Peers
  import JWTKit

  /// jwt-kit's verification, the payload's times included, of one token again and again.
  struct JWTKitVerification: Workload {
    private var minting: JWTKitPeer
    private var minted = ContinuousClock.now
    private let renewal: Duration

    init(_ subject: PeerSubject) throws {
      minting = try JWTKitPeer(subject)
      renewal = .seconds(subject.lifetime) / 2
    }

    /// A long measurement outlives a token.
    mutating func run(_ count: Int) throws {
      if minted.duration(to: .now) > renewal {
        try minting.mint()
        minted = .now
      }
      let (keys, token) = (minting.keys, minting.newestToken())
      try Waiting.run {
        for _ in 0..<count { _ = try await keys.verify(token, as: JWTKitClaims.self) }
      }
    }
  }

  extension PeerRow {
    /// The limit is what a verifier has to do at HS256: an HMAC of all that is signed, from a copied key state.
    func measureVerification(
      _ subject: Subject, _ common: PeerSubject, for duration: Duration
    ) throws -> RowResult {
      var verification = try JWTKitVerification(common)
      let sample = SampleToken(inOnePiece: try SampleToken(StringMinting(subject).newestToken()))
      var limit = try BareOperation(subject, sample)
      try limit.check(algorithm, sample)
      let comparison = try Measurement.compare(&verification, with: &limit, for: duration)
      return RowResult(name: name, peer: peer.rawValue, comparison)
    }
  }
#endif

extension SampleToken {
  /// The same token for who knows nothing of a prefix.
  init(inOnePiece token: SampleToken) {
    (message, prefixLength, signature) = (token.message, 0, token.signature)
  }
}
