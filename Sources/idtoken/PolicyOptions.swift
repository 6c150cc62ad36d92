import ArgumentParser
import JOSECore
import KeyRotation
import SystemSupport

/// Which rotation policy a command follows.
struct PolicyOptions: ParsableArguments {
  @Option(
    name: .customLong("policy"),
    help: "File with the rotation policy; policy.json beside the ring if left out.")
  var path: String?

  /// - Parameters:
  ///   - ring: where there is one, a file that names no algorithms leaves those of the ring.
  ///   - algorithms: those of a new ring if no file names any.
  func read(
    beside directory: String, _ ring: KeyRingState?,
    algorithms: [Algorithm] = RotationPolicy.standard.algorithms
  ) throws -> RotationPolicy {
    try PolicyFile.policy(path, beside: directory, ring, algorithms: algorithms)
  }
}
