#if Peers
import BenchmarkResults
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
  /// The limit of our own row, on a token of ours: one HMAC of all that is signed, compared with the signature.
  func measureVerification(
    _ subject: Subject, _ common: PeerSubject, for duration: Duration
  ) throws -> RowResult {
    let token = try SampleToken(StringMinting(subject).newestToken())
    return try measure(
      Runs(
        row: AnyWorkload(try JWTKitVerification(common)),
        limit: AnyWorkload(try BareOperation.verification(subject, token))),
      for: duration)
  }
}
#endif
