import ArgumentParser
import JOSECore
import KeyRotation
import SystemSupport

struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Check a rotation policy.", subcommands: [Check.self])

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say whether a policy can keep the promise, and what follows from it.",
      discussion: """
        A policy that can't is refused (exit status 1) with the inequality that fails and its numbers.

        EXAMPLES
          idtoken policy check
          idtoken policy check --policy Keys/policy.json --json
        """)

    @Option(name: .customLong("policy"), help: "File with the rotation policy.")
    var path = "Keys/policy.json"
    @Flag(name: .customLong("json"), help: "Print JSON.")
    var isJSON = false

    func run() throws {
      let policy = try PolicyFile.read(path)
      guard !isJSON else {
        return try Output.json([
          "accepted": true, "policy": .object(policy.json), "propagation": .integer(policy.propagation),
          "retention": .integer(policy.retention),
        ])
      }
      try Output.line(Output.good("\(path) can keep the promise"))
      try Output.table([
        ["a key signs for", DurationFormat.text(policy.rotationPeriod)],
        ["a standby is known everywhere after", DurationFormat.text(policy.propagation)],
        ["a retired key stays after its last token for", DurationFormat.text(policy.retention)],
        ["a process that lost its store signs for", DurationFormat.text(policy.stalenessBound)],
      ])
    }
  }
}
