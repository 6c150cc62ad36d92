import JOSECore
package import KeyRotation
import SystemSupport

/// A ring under a policy over years, and a population of verifiers that meet its tokens.
///
/// First the ring's operation is simulated, then each verifier over what was served. The same seed gives the same result.
package struct Simulation: Sendable {
  package let policy: RotationPolicy
  /// In seconds.
  package var duration: Int64
  package var verifiers: Int
  package var seed: UInt64
  package var rules: any RingRules = CurrentRules()

  package init(_ policy: RotationPolicy, duration: Int64, verifiers: Int, seed: UInt64) {
    (self.policy, self.duration, self.verifiers, self.seed) = (policy, duration, verifiers, seed)
  }

  /// - Parameter progress: is told which part of the work is done, from 0 to 1.
  package func run(_ progress: (Double) -> Void = { _ in }) throws -> SimulationReport {
    try check()
    var operation = try Operation(policy, duration: duration, seed: seed, rules)
    let history = try operation.run { progress($0 / 4) }
    let covered = VerifierClass.all(policy).filter { $0.isCovered(by: policy) }
    var report = SimulationReport(self, history, operation.world.violations, covered)
    var population = Population(policy, history)
    for verifier in 0..<verifiers {
      let index = verifier % covered.count
      var random = SplitMix64(seed: SplitMix64.mixed(seed &+ UInt64(verifier) &+ 1))
      population.follow(verifier, covered[index], index, &random, &report)
      if verifier % 64 == 0 { progress(0.25 + 0.75 * Double(verifier) / Double(verifiers)) }
    }
    report.finish(history, population.latest, leeway: policy.leeway)
    progress(1)
    return report
  }

  /// The model has room for so many keys at once, and a life for so many rotations.
  private func check() throws(SimulationError) {
    let retired = (policy.tokenLifetime + policy.reservation + policy.retention) / policy.rotationPeriod
    // Rotations that operators ask for come on top.
    let atOnce = (2 * retired + 6) * Int64(policy.algorithms.count)
    guard atOnce <= KeySet.capacity else { throw .tooManyKeys(atOnce: atOnce, room: KeySet.capacity) }
    let rotations = duration / policy.rotationPeriod
    guard rotations <= Self.mostRotations else {
      throw .tooManyRotations(rotations, most: Self.mostRotations)
    }
    let renewals = duration / max(1, policy.reservation / 2)
    guard renewals <= Self.mostRenewals else { throw .tooManyRenewals(renewals, most: Self.mostRenewals) }
  }

  private static let mostRotations: Int64 = 50_000
  private static let mostRenewals: Int64 = 5_000_000
}

/// Why a policy that is accepted isn't simulated.
package enum SimulationError: Error, Sendable, Equatable, CustomStringConvertible {
  case tooManyKeys(atOnce: Int64, room: Int)
  case tooManyRotations(Int64, most: Int64)
  case tooManyRenewals(Int64, most: Int64)

  package var description: String {
    switch self {
    case .tooManyKeys(let count, let room):
      "the JWKS might hold \(count) keys at once, and the simulation has room for \(room); "
        + "a longer rotation_period or a shorter token_lifetime makes them fewer"
    case .tooManyRotations(let count, let most):
      "that would be \(count) rotations, and the simulation stops at \(most); simulate fewer years"
    case .tooManyRenewals(let count, let most):
      "that would be \(count) renewed reservations, and the simulation stops at \(most); simulate fewer years"
    }
  }
}
