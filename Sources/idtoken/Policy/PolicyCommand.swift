import ArgumentParser
import JOSECore
import KeyRotation
import SystemSupport

struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Check a rotation policy.",
    discussion: """
      EXAMPLES
        idtoken policy check --policy Keys/policy.json
      """, subcommands: [Check.self])

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check that a policy can keep the rotation promise, and show what follows from it.",
      discussion: """
        Refused (exit status 1) if it can't; the error is the inequality that fails, with its numbers.

        EXAMPLES
          idtoken policy check
          idtoken policy check --policy Keys/policy.json --json
        """)

    @Option(name: .customLong("policy"), help: "File with the rotation policy.") var path = "Keys/policy.json"
    @Flag(name: .customLong("json"), help: "Print JSON.") var isJSON = false

    func run() throws {
      let policy = try PolicyFile.read(path)
      guard !isJSON else {
        return try Output.json([
          "accepted": true, "policy": .object(policy.json), "propagation": .integer(policy.propagation),
          "retention": .integer(policy.retention),
        ])
      }
      try Output.line("\(path) can keep the promise", .good)
      try Output.table([
        ["a key signs for", DurationFormat.text(policy.rotationPeriod)],
        ["every verifier knows a standby after", DurationFormat.text(policy.propagation)],
        ["a retired key stays after its last token for", DurationFormat.text(policy.retention)],
        ["a process without its store signs for", DurationFormat.text(policy.stalenessBound)],
      ])
    }
  }
}
