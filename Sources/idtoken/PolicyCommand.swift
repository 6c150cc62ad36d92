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
        ["a key signs for", Words.duration(policy.rotationPeriod)],
        ["a standby is known everywhere after", Words.duration(policy.propagation)],
        ["a retired key stays after its last token for", Words.duration(policy.retention)],
        ["a process that lost its store signs for", Words.duration(policy.stalenessBound)],
      ])
    }
  }
}

/// Times as people read them.
enum Words {
  /// `2 d 3 h`: the two largest units that aren't zero.
  static func duration(_ seconds: Int64) -> String {
    let units: [(String, Int64)] = [("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)]
    var (rest, parts): (Int64, [String]) = (seconds, [])
    for (name, size) in units where rest >= size && parts.count < 2 {
      parts.append("\(rest / size) \(name)")
      rest %= size
    }
    return parts.isEmpty ? "0 s" : parts.joined(separator: " ")
  }
}
