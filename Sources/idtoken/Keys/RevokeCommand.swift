import ArgumentParser
import JOSECore
import KeyRotation
import SystemSupport

struct RevokeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Remove a key from the JWKS at once and destroy its private half.",
    discussion: """
      The standby of an active key takes over. Verifiers accept the key's tokens as long as they cache an older JWKS: the \
      command prints how long that is for each kind of verifier.

      EXAMPLES
        idtoken keys revoke NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs \\
          --reason 'laptop stolen'
      """)

  @Argument(help: "The kid of the key, as 'idtoken keys list' shows it.") var keyID: String
  @Option(help: "Reason, for the audit log.") var reason = "not given"
  @OptionGroup var ring: RingOptions
  @OptionGroup var policy: PolicyOptions
  @Flag(name: .customLong("json"), help: "Print JSON.") var isJSON = false

  func run() async throws {
    let ring = try await ring.open(policy)
    var events = try await ring.revoke(keyID, reason: reason)
    // The key is revoked by now: a later step that fails must not make that look undone.
    do { events += try await ring.step() } catch {
      Output.note("the key is revoked, but the next step failed: \(error)")
    }
    try report(events, epoch: ring.epoch, ExposureWindow.windows(ring.policy))
  }

  private func report(_ events: [RingEvent], epoch: Int, _ windows: [ExposureWindow]) throws(FileError) {
    guard !isJSON else {
      return try Output.json([
        "revoked": .string(keyID), "epoch": .integer(Int64(epoch)),
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
        [$0.verifiers, $0.seconds.map(DurationFormat.text) ?? "no limit: restart them, or clear their cache"]
      })
  }
}
