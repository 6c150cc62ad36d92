import Foundation
import IDTokens
import JOSECore
import KeyRotation
import Synchronization

/// A thread that puts a new snapshot with a new key in force every few milliseconds, and knows whose tokens are real.
final class Rotation: Sendable {
  static let pause = 0.005
  /// Old verifiers go: a measurement may take an hour.
  private static let remembered = 1000

  let live: KeyRing
  private let audience: String
  private let issuer: String
  private let state: Mutex<State>
  private let isOver = Atomic(false)
  private let ended = DispatchSemaphore(value: 0)

  private struct State {
    var verifiers: [String: TokenVerifier<VerificationKeys>] = [:]
    var keyIDs: [String] = []
    var failure: (any Error)?
    var rotations = 0
  }

  init(_ ring: RotatingRing, audience: String, issuer: String) throws {
    let snapshot = try ring.snapshot
    live = KeyRing(snapshot, confirmedAt: WallClock.system.now)
    (self.audience, self.issuer) = (audience, issuer)
    state = Mutex(State())
    remember(ring.active.keyID, snapshot)
    Thread { [self] in rotate(ring) }.start()
  }

  /// Fails unless the token is of one of the keys that were in force.
  func verify(_ token: String) throws {
    let keyID = try CompactJWS(parsing: token).header.keyID ?? ""
    guard let verifier = state.withLock({ $0.verifiers[keyID] }) else {
      throw BenchmarkError.unknownKey(keyID)
    }
    _ = try verifier.verify(token, at: WallClock.system.now)
  }

  func end() throws {
    guard !isOver.exchange(true, ordering: .acquiringAndReleasing) else { return }
    ended.wait()
    try state.withLock { state in
      if let failure = state.failure { throw failure }
      guard state.rotations > 0 else { throw BenchmarkError.noRotation }
    }
  }

  private func rotate(_ ring: RotatingRing) {
    var ring = ring
    do {
      while !isOver.load(ordering: .acquiring) {
        Thread.sleep(forTimeInterval: Self.pause)
        try ring.rotate()
        let snapshot = try ring.snapshot
        // Known before the first token of it.
        remember(ring.active.keyID, snapshot)
        guard live.update(snapshot, confirmedAt: WallClock.system.now) else {
          throw BenchmarkError.noRotation
        }
        state.withLock { $0.rotations += 1 }
      }
    } catch { state.withLock { $0.failure = error } }
    ended.signal()
  }

  private func remember(_ keyID: String, _ snapshot: KeyRingSnapshot) {
    let verifier = TokenVerifier(
      .jwkSet(snapshot.jwks), audience: ExpectedAudience(audience), issuer: ExpectedIssuer(issuer))
    state.withLock { state in
      state.verifiers[keyID] = verifier
      state.keyIDs.append(keyID)
      if state.keyIDs.count > Self.remembered { state.verifiers[state.keyIDs.removeFirst()] = nil }
    }
  }
}
