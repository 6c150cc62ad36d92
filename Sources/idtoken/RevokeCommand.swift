import ArgumentParser
import JOSECore
import KeyRotation
import SystemSupport

struct RevokeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Take a key out of use at once: out of the JWKS, its private half destroyed.",
    discussion: """
      An active key's standby takes over. Verifiers with a cached JWKS go on accepting the key's tokens for the exposure
      windows that are printed.

      EXAMPLES
        idtoken keys revoke NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs --reason 'laptop stolen'
      """)

  @Argument(help: "The kid of the key.") var keyID: String
  @Option(help: "Why; it goes into the audit log.") var reason = "not given"
  @OptionGroup var ring: RingOptions
  @OptionGroup var policy: PolicyOptions
  @Flag(name: .customLong("json"), help: "Print JSON.") var isJSON = false

  func run() async throws {
    let ring = try await ring.open(policy)
    var events = try await ring.revoke(keyID, reason: reason)
    do { events += try await ring.step() } catch {
      try StandardStream.error.write("idtoken: revoked, but the next step failed: \(error)".visible + "\n")
    }
    let windows = ExposureWindow.windows(ring.policy)
    guard !isJSON else {
      return try Output.json([
        "revoked": .string(keyID), "epoch": .integer(Int64(ring.epoch)),
        "events": .array(events.map { .string($0.description) }),
        "exposure": .array(
          windows.map {
            ["verifiers": .string($0.verifiers), "seconds": $0.seconds.map { .integer($0) } ?? .null]
          }),
      ])
    }
    for event in events { try Output.line("\(event)") }
    try Output.line()
    try Output.heading("How long verifiers may go on accepting it")
    try Output.table(
      windows.map {
        [$0.verifiers, $0.seconds.map(DurationFormat.text) ?? "no bound: restart them, or drop their cache"]
      })
  }
}
