import JOSECore
import Synchronization

/// The tokens of one session: same subject, audience and `sid`, and for each a new `jti` and the times of now.
///
/// It is safe from every thread. When its ring moves on, it prepares its tokens anew.
public final class TokenSession: Sendable {
  public let content: TokenContent
  private let issuer: TokenIssuer
  // The issuer's, at hand: following two references costs a token more than its clock.
  private let (minters, clock, ring): (MinterPool, WallClock, KeyRing?)
  private let first: PreparedToken
  private let firstEpoch: Int
  /// Since the ring has moved on.
  private let latest = Mutex<Prepared?>(nil)

  /// A prepared token, and the ring's epoch that it rests on.
  private struct Prepared: Sendable {
    let token: PreparedToken
    let epoch: Int
  }

  init(_ issuer: TokenIssuer, _ content: TokenContent) throws(IDTokenError) {
    (self.issuer, self.content) = (issuer, content)
    (minters, clock, ring) = (issuer.minters, issuer.clock, issuer.ring)
    firstEpoch = issuer.epoch
    first = try issuer.prepare(content)
  }

  /// A fresh token, signed by the key that is active now.
  public func token() throws(IDTokenError) -> IDToken {
    let now = clock.now
    guard let ring else { return try minters.mint(first, at: now) }
    try ring.check(at: now)
    let epoch = ring.epoch
    return epoch == firstEpoch
      ? try minters.mint(first, at: now) : try minters.mint(renewed(epoch), at: now)
  }

  /// Like `token()`, but may sign concurrent callers' tokens as one batch. Use it in servers.
  ///
  /// - Throws: an error with the code `cancelled`, if the task is cancelled before its token is signed.
  public nonisolated(nonsending) func batchedToken() async throws(IDTokenError) -> IDToken {
    let now = clock.now
    let token = try prepared(at: now)
    if token.isElsewhere, let key = issuer.externalKey { return try await key.mint(token, at: now) }
    guard let queue = minters.queue(for: token) else { return try minters.mint(token, at: now) }
    return try await minters.mint(token, at: now, in: queue)
  }

  /// A token if no other caller waits to be signed with; `nil` if `batchedToken` has somebody to wait for.
  package func immediateToken() throws(IDTokenError) -> IDToken? {
    guard let ring else { return first.isElsewhere ? nil : try minters.mint(first, at: clock.now) }
    let now = clock.now
    try ring.check(at: now)
    let epoch = ring.epoch
    if epoch == firstEpoch {
      return minters.queue(for: first) == nil ? try minters.mint(first, at: now) : nil
    }
    let token = try renewed(epoch)
    return minters.queue(for: token) == nil ? try minters.mint(token, at: now) : nil
  }

  /// What `TokenMinter` mints with, for callers that have buffers of their own.
  public func prepared() throws(IDTokenError) -> PreparedToken {
    let epoch = issuer.epoch
    return epoch == firstEpoch ? first : try renewed(epoch)
  }

  /// The same, where the ring has been confirmed recently enough to sign.
  package func prepared(at now: NumericDate) throws(IDTokenError) -> PreparedToken {
    try ring?.check(at: now)
    return try prepared()
  }

  private func renewed(_ epoch: Int) throws(IDTokenError) -> PreparedToken {
    if let latest = latest.withLock({ $0 }), latest.epoch == epoch { return latest.token }
    let prepared = Prepared(token: try issuer.prepare(content), epoch: epoch)
    latest.withLock { if $0.map({ $0.epoch < epoch }) ?? true { $0 = prepared } }
    return prepared.token
  }
}
