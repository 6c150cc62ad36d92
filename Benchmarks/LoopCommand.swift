import ArgumentParser
import JOSECore

/// A row's work a certain number of times and nothing else, for tools that count instructions.
struct LoopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "loop", abstract: "Run one row a number of times, for callgrind or perf.")

  @Argument(help: "The row's name.") var row: String
  @Option(help: "How often.") var count = 1000
  @Flag(help: "The bare operation in its place.") var limit = false

  func run() throws {
    guard let row = Row.all.first(where: { $0.name == row }) else {
      throw ValidationError("no row has this name")
    }
    let runs = try row.runs(.shared)
    try (limit ? runs.limit : runs.row).run(count)
    try runs.check()
  }
}
