import IDTokens
import JOSECore
import KeyRotation
import RingInspection
import SystemSupport
import TestSupport

/// Kills a process that rotates keys at random moments, and looks at the ring after each kill.
struct Killer {
  let kills: Int
  let seed: UInt64

  /// Throws at the first kill that broke something, naming the seed and the directory, which is left as it is.
  func run() throws {
    let root = try ScratchDirectory.make(inMemory: true)
    let directory = root + "/ring"
    var random = SeededGenerator(seed: seed)
    var history = History(directory: directory)
    var (epochs, tokens) = (0, 0)
    for kill in 0..<kills {
      // A new ring now and then, so that its making is torn too, and no log grows long.
      if kill % 25 == 0 {
        try history.remove()
        history = History(directory: directory)
      }
      // Most kills fall into the first commits of a process, some later.
      let delay = UInt32.random(in: 0..<(kill % 8 == 0 ? 60_000 : 16_000), using: &random)
      let child = try ChildProcess { finish { try await RotationLoop(directory).run(rounds: .max) } }
      let output = String(decoding: child.kill(after: delay), as: UTF8.self)
      let violations = history.check(output)
      guard violations.isEmpty else { throw Broken(kill: kill, seed: seed, directory: directory, violations) }
      (epochs, tokens) = (epochs + history.committed, tokens + history.verified)
    }
    try history.remove()
    try ScratchDirectory.remove(root)
    try StandardStream.output.write(
      "\(kills) kills, \(epochs) epochs, \(tokens) tokens verified, seed \(seed)\n")
  }
}

struct Broken: Error, CustomStringConvertible {
  let description: String

  init(kill: Int, seed: UInt64, directory: String, _ violations: [String]) {
    description = "kill \(kill), seed \(seed), ring \(directory):\n" + violations.joined(separator: "\n")
  }
}
