import IDTokens
import JOSECore

/// `TokenVerifier.verify` of one token, with its key known.
struct Verifying: Workload {
  private let verifier: TokenVerifier<VerificationKeys>
  private let token: String
  private let now: NumericDate

  init(_ subject: Subject, _ token: String) {
    (verifier, self.token, now) = (subject.verifier, token, WallClock.system.now)
  }

  mutating func run(_ count: Int) throws {
    for _ in 0..<count { _ = try verifier.verify(token, at: now) }
  }
}
