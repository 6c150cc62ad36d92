import ArgumentParser
import JOSE
import JSON
import JWA
import KeyRotation

struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Make, show and rotate the keys of a ring.",
    discussion: """
      EXAMPLES
        idtoken keys init
        idtoken keys list
        idtoken keys rotate
      """,
    subcommands: [Init.self, List.self, Rotate.self])

  struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a new key ring: an active key and a standby for each algorithm.",
      discussion: """
        EXAMPLES
          idtoken keys init
          idtoken keys init --ring /var/lib/idtoken/ring --alg ES256 --alg EdDSA --passphrase-file ring.pass
        """)

    @OptionGroup var ring: RingOptions
    @Option(name: .customLong("alg"), help: "An algorithm that the ring signs with; repeatable.")
    var algorithms: [Algorithm] = [.rs256, .es256]
    @OptionGroup var format: RingFormat

    func validate() throws { try algorithms.checkDistinct() }

    func run() throws {
      let store = try ring.store()
      try format.print(store.create(algorithms, at: WallClock.system.now), in: store.directory)
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the keys of a ring, their states and what may happen to them next.",
      discussion: """
        EXAMPLES
          idtoken keys list
          idtoken keys list --json
        """)

    @OptionGroup var ring: RingOptions
    @OptionGroup var format: RingFormat

    func run() throws {
      let store = try ring.store()
      try format.print(store.load(), in: store.directory)
    }
  }

  struct Rotate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let the standby of an algorithm take over and publish a new standby.",
      discussion: """
        Refused (exit status 1) while verifiers may still hold a JWKS without the standby.

        EXAMPLES
          idtoken keys rotate
          idtoken keys rotate --alg ES256
        """)

    @OptionGroup var ring: RingOptions
    @Option(
      name: .customLong("alg"), help: "An algorithm to rotate; repeatable. All of them if none is given.")
    var algorithms: [Algorithm] = []
    @OptionGroup var format: RingFormat

    func validate() throws { try algorithms.checkDistinct() }

    func run() throws {
      let store = try ring.store()
      let rotated = try store.rotate(algorithms, policy: RotationPolicy(), at: WallClock.system.now)
      try format.print(rotated, in: store.directory)
    }
  }
}
