import ArgumentParser
import JOSECore
import KeyRotation

struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Show every change of a ring, and check that the log is whole.",
    discussion: """
      Each entry holds the hash of the one before, and the manifest the last one: an edit or a cut shows (exit status 1).

      EXAMPLES
        idtoken keys audit
        idtoken keys audit --json
      """)

  @Option(name: .customLong("ring"), help: "Directory of the key ring.") var directory = "Keys/ring"
  @Flag(name: .customLong("json"), help: "Print JSON.") var isJSON = false

  func run() async throws {
    let entries = try DirectoryStore(directory).audit()
    guard !isJSON else { return try Output.json(.array(entries.map { .object($0.json) })) }
    for entry in entries {
      try Output.line("\(entry.number)  \(entry.time)  epoch \(entry.epoch)  \(Output.faint(entry.actor))")
      for event in entry.events { try Output.line("     \(event)") }
    }
    try Output.line(Output.good("\(entries.count) entries, each following from the one before"))
  }
}
