import JOSECore
import SystemSupport

/// A policy that can't keep the promise, with the inequality that fails and its numbers.
public struct PolicyError: Error, Sendable, Equatable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}

extension RotationPolicy {
  /// Checks a policy before it takes effect.
  public func check() throws(PolicyError) {
    guard !algorithms.isEmpty else { throw PolicyError("algorithms is empty: the ring would sign nothing") }
    guard Set(algorithms).count == algorithms.count else { throw PolicyError("algorithms names one twice") }
    if let symmetric = algorithms.first(where: \.isSymmetric) {
      throw PolicyError("\(symmetric) is symmetric: its secret would have to be published")
    }
    try require(tokenLifetime, .atLeast, 1, "token_lifetime", "1s")
    try require(tokenLifetime, .atMost, 86_400, "token_lifetime", "24h, the longest that tokens may live")
    for (name, value) in [
      ("leeway", leeway), ("max_age", maxAge), ("cdn_time", cdnTime), ("clock_skew", clockSkew),
    ] {
      try require(value, .atLeast, 0, name, "0s")
    }
    try require(stalenessBound, .atLeast, 1, "staleness_bound", "1s")
    try require(reservation, .atLeast, 1, "reservation", "1s")
    // The standby that is published when a key becomes active must be known everywhere when that key's time is over.
    try require(
      rotationPeriod, .atLeast, propagation, "rotation_period",
      (publication == .served ? "staleness_bound + clock_skew + " : "")
        + "cdn_time + max(max_age, verifier_bound) + clock_skew = \(DurationFormat.setting(propagation))")
    // A process that hears late of a rotation signs on for R; the standby after the next must not overtake it.
    try require(
      rotationPeriod, .atLeast, stalenessBound + clockSkew, "rotation_period", "staleness_bound + clock_skew")
  }

  private enum Relation: String {
    case atLeast = "≥"
    case atMost = "≤"
  }

  private func require(
    _ value: Int64, _ relation: Relation, _ bound: Int64, _ name: String, _ boundName: String
  ) throws(PolicyError) {
    guard relation == .atLeast ? value < bound : value > bound else { return }
    throw PolicyError(
      "\(name) \(relation.rawValue) \(boundName) fails: \(name) is \(DurationFormat.setting(value)) (\(value) s), "
        + "and the bound is \(bound) s")
  }
}
