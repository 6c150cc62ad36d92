import JOSECore
import Synchronization

/// The tokens of one session: same subject, audience and `sid`, and for each a new `jti` and the times of now.
///
/// It is safe from every thread. When its ring moves on, it prepares its tokens anew.
public final class TokenSession: Sendable {
  public let content: TokenContent
  private let issuer: TokenIssuer
  private let first: Prepared
  /// Since the ring has moved on.
  private let latest = Mutex<Prepared?>(nil)

  /// A prepared token and the ring's epoch that it rests on.
  private struct Prepared: Sendable {
    let token: PreparedToken
    let epoch: Int
  }

  init(_ issuer: TokenIssuer, _ content: TokenContent) throws(IDTokenError) {
    (self.issuer, self.content) = (issuer, content)
    let epoch = issuer.epoch
    first = Prepared(token: try issuer.prepare(content), epoch: epoch)
  }

  /// A fresh token, signed by the key that is active now.
  public func token() throws(IDTokenError) -> IDToken {
    let now = issuer.clock.now
    try issuer.checkFreshness(at: now)
    let epoch = issuer.epoch
    if first.epoch == epoch { return try issuer.minters.mint(first.token, at: now) }
    return try issuer.minters.mint(renewed(epoch), at: now)
  }

  /// Like `token()`, but may sign concurrent callers' tokens as one batch. Use it in servers.
  ///
  /// - Throws: an error with the code `cancelled`, if the task is cancelled before its token is signed.
  public func batchedToken() async throws(IDTokenError) -> IDToken {
    let now = issuer.clock.now
    try issuer.checkFreshness(at: now)
    return try await issuer.mint(prepared(), at: now)
  }

  /// A token if no other caller waits to be signed with; `nil` if `batchedToken` has somebody to wait for.
  package func immediateToken() throws(IDTokenError) -> IDToken? {
    guard first.token.key != nil else { return nil }
    let now = issuer.clock.now
    try issuer.checkFreshness(at: now)
    let epoch = issuer.epoch
    if first.epoch == epoch {
      guard issuer.minters.queue(for: first.token) == nil else { return nil }
      return try issuer.minters.mint(first.token, at: now)
    }
    let token = try renewed(epoch)
    return issuer.minters.queue(for: token) == nil ? try issuer.minters.mint(token, at: now) : nil
  }

  /// What `TokenMinter` mints with, for callers that have buffers of their own.
  public func prepared() throws(IDTokenError) -> PreparedToken {
    let epoch = issuer.epoch
    return first.epoch == epoch ? first.token : try renewed(epoch)
  }

  private func renewed(_ epoch: Int) throws(IDTokenError) -> PreparedToken {
    if let latest = latest.withLock({ $0 }), latest.epoch == epoch { return latest.token }
    let prepared = Prepared(token: try issuer.prepare(content), epoch: epoch)
    latest.withLock { if $0.map({ $0.epoch < epoch }) ?? true { $0 = prepared } }
    return prepared.token
  }
}
