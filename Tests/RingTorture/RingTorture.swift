import KeyRotation
import SystemSupport

/// Rotates rings, kills the processes that do, and measures. For the tests and `make torture`.
///
///     ring-torture rotate DIRECTORY [--rounds N] [--skew SECONDS]
///     ring-torture kill --kills N [--seed N]
///     ring-torture measure
@main struct RingTorture {
  static func main() throws {
    let arguments = Arguments(CommandLine.arguments.dropFirst())
    switch arguments.words.first {
    case "rotate" where arguments.words.count == 2:
      let (directory, rounds) = (arguments.words[1], arguments["rounds"] ?? .max)
      // Racing processes have clocks of their own.
      let skew = arguments["skew"] ?? 3
      finish { try await RotationLoop(directory).run(rounds: rounds, skew: skew) }
    case "kill":
      let killer = Killer(kills: arguments["kills"] ?? 1000, seed: UInt64(arguments["seed"] ?? 1))
      try killer.run()
    case "measure": finish { try await Measurements.run() }
    default: throw Usage()
    }
  }
}

struct Usage: Error, CustomStringConvertible {
  let description =
    "usage: ring-torture rotate DIRECTORY [--rounds N] [--skew SECONDS] | kill [--kills N] [--seed N] | measure"
}

/// Words, and options that are numbers.
private struct Arguments {
  private(set) var words: [String] = []
  private var options: [String: Int] = [:]

  init(_ arguments: some Sequence<String>) {
    var name: String?
    for argument in arguments {
      if let option = name {
        options[option] = Int(argument)
        name = nil
      } else if argument.hasPrefix("--") {
        name = String(argument.dropFirst(2))
      } else {
        words.append(argument)
      }
    }
  }

  subscript(name: String) -> Int? { options[name] }
}
