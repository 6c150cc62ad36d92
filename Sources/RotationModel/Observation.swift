import JOSECore
import KeyRotation

/// What the checkers get to see of the world.
enum Observation {
  case commit(Commit)
  case signing(Signing)
  case serving(Serving)
  case memory(process: Int, Process)

  struct Commit {
    let process: Int
    /// What the store held the moment before.
    let before: CommittedRing
    let after: CommittedRing
    let plan: Plan
  }

  struct Signing {
    let process: Int
    let memory: CommittedRing
    let active: ActiveKey
    let confirmedAt: Int64
    let clock: NumericDate
    /// What the token says.
    let keyID: String
    let expiry: NumericDate
    /// Expired for every verifier when it is signed: the signer's clock is far behind.
    let isDead: Bool

    var key: RingKey { active.key }
    var place: Int { active.place }
  }

  struct Serving {
    /// `nil` for the static host.
    let process: Int?
    let ring: CommittedRing
  }
}

/// An invariant and the function that checks it against one observation.
struct Invariant: Sendable {
  let number: Int
  let check: @Sendable (Observation, borrowing World) throws(Violation) -> Void

  static let all: [Invariant] = [
    knownBeforeItSigns, keptWhileNeeded, alwaysActive, durableFirst, oneWriterWins, nameFitsKey,
    endsWithItsKey,
    revokedAtOnce, signsWhileConfirmed,
  ]
}
