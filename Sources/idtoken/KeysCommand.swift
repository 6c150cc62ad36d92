import ArgumentParser
import JOSECore
import KeyRotation

struct KeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Make, show, rotate and revoke the keys of a ring.",
    discussion: """
      EXAMPLES
        idtoken keys init
        idtoken keys list
        idtoken keys rotate
      """,
    subcommands: [
      Init.self, List.self, Step.self, Rotate.self, RevokeCommand.self, ImportCommand.self, AuditCommand.self,
    ])

  struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a new key ring: an active key and a standby for each algorithm.",
      discussion: """
        EXAMPLES
          idtoken keys init
          idtoken keys init --ring /var/lib/idtoken/ring --alg ES256 --alg EdDSA --passphrase-file ring.pass
        """)

    @OptionGroup var ring: RingOptions
    @OptionGroup var policy: PolicyOptions
    @Option(
      name: .customLong("alg"),
      help: "An algorithm that the ring signs with; repeatable. Default: the policy's.")
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
      abstract: "Show the keys of a ring, their states, ages and what happens next.",
      discussion: """
        EXAMPLES
          idtoken keys list
          idtoken keys list --json
        """)

    @OptionGroup var ring: RingOptions
    @OptionGroup var format: RingFormat

    func run() async throws {
      let store = try ring.store()
      try format.print(store.existing(), at: WallClock.system.now, in: store.directory)
    }
  }

  struct Step: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Do what is due now: rotate, publish, remove. Nothing, if nothing is.",
      discussion: """
        EXAMPLES
          idtoken keys step
          idtoken keys step --policy Keys/policy.json
        """)

    @OptionGroup var change: RingChangeOptions

    func run() async throws { try await change.run { try await $0.step() } }
  }

  struct Rotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let the standby of an algorithm take over now and publish a new standby.",
      discussion: """
        Refused (exit status 1) while verifiers may still hold a JWKS without the standby.

        EXAMPLES
          idtoken keys rotate
          idtoken keys rotate --alg ES256
        """)

    @OptionGroup var change: RingChangeOptions
    @Option(
      name: .customLong("alg"), help: "An algorithm to rotate; repeatable. All of them if none is given.")
    var algorithms: [Algorithm] = []

    func validate() throws { try algorithms.checkDistinct() }

    func run() async throws { try await change.run { try await $0.rotate(algorithms) } }
  }
}

/// What every command that changes an existing ring has in common.
struct RingChangeOptions: ParsableArguments {
  @OptionGroup var ring: RingOptions
  @OptionGroup var policy: PolicyOptions
  @OptionGroup var format: RingFormat

  func run(_ change: (KeyRing) async throws -> Void) async throws {
    let opened = try await ring.open(policy)
    try await change(opened)
    try format.print(opened.current.ring, at: WallClock.system.now, in: ring.directory)
  }
}
