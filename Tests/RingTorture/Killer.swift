import IDTokens
import JOSECore
import KeyRotation
import SystemSupport
import TestSupport

/// Kills a process that rotates keys at random moments, and looks at the ring after each kill.
struct Killer {
  let kills: Int
  let seed: UInt64

  /// Throws at the first kill that broke something, naming the seed and the directory, which is left as it is.
  func run() throws {
    // In memory where the machine has such a file system: what a kill leaves behind doesn't depend on the medium, and
    // without the waits for a disk more commits are torn in the same time.
    let root = try TemporaryDirectory(in: POSIXFileSystem().directoryExists("/dev/shm") ? "/dev/shm" : nil)
    let directory = root["ring"]
    var random = SeededGenerator(seed: seed)
    var history = History(directory: directory)
    var (epochs, tokens) = (0, 0)
    for kill in 0..<kills {
      // A new ring now and then, so that its making is torn too, and no log grows long.
      if kill % 25 == 0 {
        if kill > 0 { try root.remove("ring") }
        history = History(directory: directory)
      }
      // Most kills fall into the first commits of a process, some later.
      let delay = UInt32.random(in: 0..<(kill % 8 == 0 ? 60_000 : 16_000), using: &random)
      let child = try ForkedProcess { finish { try await RotationLoop(directory).run(rounds: .max) } }
      let output = String(decoding: child.kill(after: delay), as: UTF8.self)
      let violations = history.check(output)
      guard violations.isEmpty else {
        root.keep()
        throw Broken(kill: kill, seed: seed, directory: directory, violations)
      }
      (epochs, tokens) = (epochs + history.committed, tokens + history.verified)
    }
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
