import ArgumentParser
import JOSECore
import KeyRotation

struct KeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Create, show, rotate and revoke the keys of a ring.",
    discussion: """
      EXAMPLES
        idtoken keys init
        idtoken keys list
        idtoken keys rotate
      """,
    subcommands: [
      Init.self, List.self, Step.self, Rotate.self, RevokeCommand.self, ImportCommand.self, Audit.self,
    ])

  struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Create a key ring with an active key and a standby for each algorithm.",
      discussion: """
        The files can be read by their owner only. With --passphrase-file the private keys are encrypted. An existing \
        ring is left as it is (exit status 73).

        EXAMPLES
          idtoken keys init
          idtoken keys init --ring /var/lib/idtoken/ring \\
            --alg ES256 --alg EdDSA --passphrase-file ring.pass
        """)

    @OptionGroup var ring: RingOptions
    @OptionGroup var policy: PolicyOptions
    @Option(
      name: .customLong("alg"),
      help: "Algorithm of the ring; repeat it for several (default: those of the policy, RS256 and ES256).")
    var algorithms: [Algorithm] = []
    @OptionGroup var format: RingFormat

    func validate() throws { try algorithms.checkDistinct() }

    func run() async throws {
      let store = try ring.store()
      var policy = try policy.read(beside: store.directory, nil)
      if let symmetric = algorithms.first(where: \.isSymmetric) {
        throw KeyRingError.symmetricAlgorithm(symmetric)
      }
      if !algorithms.isEmpty { policy = policy.with(algorithms) }
      let now = WallClock.system.now
      try format.print(store.create(policy, at: now), at: now, in: store.directory)
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the keys of a ring: state, age and what happens next.",
      discussion: """
        EXAMPLES
          idtoken keys list
          idtoken keys list --json
        """)

    @OptionGroup var ring: RingDirectoryOptions
    @OptionGroup var format: RingFormat

    func run() async throws {
      try format.print(ring.store.existing(), at: WallClock.system.now, in: ring.directory)
    }
  }

  struct Step: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Perform the pending rotation steps: rotate, publish, remove.",
      discussion: """
        Does nothing if no step is pending. Run it from a timer if no 'idtoken serve' runs on the ring.

        EXAMPLES
          idtoken keys step
          idtoken keys step --policy Keys/policy.json
        """)

    @OptionGroup var change: RingChangeOptions

    func run() async throws { try await change.run { try await $0.step() } }
  }

  struct Rotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Activate the standby now, retire the active key, publish a new standby.",
      discussion: """
        Refused (exit status 1) while verifiers may still hold a JWKS without the standby; the error says until when.

        EXAMPLES
          idtoken keys rotate
          idtoken keys rotate --alg ES256
        """)

    @OptionGroup var change: RingChangeOptions
    @Option(
      name: .customLong("alg"), help: "Algorithm to rotate; repeat it for several (default: all of the ring)."
    )
    var algorithms: [Algorithm] = []

    func validate() throws { try algorithms.checkDistinct() }

    func run() async throws { try await change.run { try await $0.rotate(algorithms) } }
  }

  struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show every change of a ring, and check that the log is complete.",
      discussion: """
        Each entry holds the hash of the entry before it, and the ring's manifest the hash of the last one. A log that was \
        edited or cut is refused (exit status 1).

        EXAMPLES
          idtoken keys audit
          idtoken keys audit --json
        """)

    @OptionGroup var ring: RingDirectoryOptions
    @Flag(name: .customLong("json"), help: "Print JSON.") var isJSON = false

    func run() async throws {
      let entries = try ring.store.audit()
      guard !isJSON else { return try Output.json(.array(entries.map { .object($0.json) })) }
      for entry in entries {
        try Output.line("\(entry.number)  \(entry.time)  epoch \(entry.epoch)  \(entry.actor)", .faint)
        for event in entry.events { try Output.line("     \(event)") }
      }
      try Output.line("\(entries.count) entries, each following from the one before", .good)
    }
  }
}
