import ArgumentParser
import KeyRotation
import RotationModel
import SystemSupport

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Simulate a policy over years against caching verifiers, and show the worst cases.",
    discussion: """
      Runs the real rotation step in simulated time. Rotators are down for weeks, processes lag, clocks jump back, writes \
      fail. Every verifier has its own cache, clock and schedule. The exit status is 1 if one of them refuses a valid \
      token. The same seed gives the same run.

      EXAMPLES
        idtoken simulate
        idtoken simulate --policy Keys/policy.json --years 5 \\
          --verifiers 10000 --svg timeline.svg
        idtoken simulate --years 1 --verifiers 500 --seed 7 --json
      """)

  @Option(name: .customLong("policy"), help: "File with the rotation policy.") var path = "Keys/policy.json"
  @Option(help: "Years to simulate, from 1 to 100.") var years = 5
  @Option(help: "Number of verifiers to simulate, from 1 to 1000000.") var verifiers = 10_000
  @Option(help: "Random seed (default: random).") var seed: UInt64?
  @Option(help: "SVG file to draw a timeline into (default: none).") var svg: String?
  @Flag(name: .customLong("json"), help: "Print JSON.") var isJSON = false

  func validate() throws {
    guard 1...100 ~= years else { throw ValidationError("--years is \(years). Pass a number from 1 to 100.") }
    guard 1...1_000_000 ~= verifiers else {
      throw ValidationError("--verifiers is \(verifiers). Pass a number from 1 to 1000000.")
    }
  }

  func run() throws {
    let policy = try PolicyFile.read(path)
    let seed = seed ?? UInt64.random(in: 0...999_999_999)
    let duration = Int64(years) * 365 * 86_400 + Int64(years / 4) * 86_400
    let report = try simulate(Simulation(policy, duration: duration, verifiers: verifiers, seed: seed))
    if let svg {
      let picture = Array(TimelineSVG(report).text.utf8)
      try POSIXFileSystem().replace(svg, with: picture.span, permissions: 0o644)
    }
    try SimulationFormat(report: report, years: years, isJSON: isJSON).print()
    guard report.holds else { throw refusal(report) }
  }

  private func simulate(_ simulation: Simulation) throws -> SimulationReport {
    var bar = ProgressBar()
    defer { bar.clear() }
    return try simulation.run { bar.show($0) }
  }

  private func refusal(_ report: SimulationReport) -> CommandError {
    let reason =
      report.refused > 0
      ? "\(report.refused) of \(report.verifications) verifications refused a valid token"
      : report.violations.first ?? "the promise is broken"
    return CommandError(
      .refused, "the policy does not hold: \(reason). Pass --seed \(report.seed) to repeat this run")
  }
}
