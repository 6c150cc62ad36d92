import ArgumentParser
import JOSE
import JWA
import KeyRotation

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Make a new ring whose active key is one that verifiers know already.",
    discussion: """
      For coming from another issuer without a break: the key goes on signing under its RFC 7638 kid, and its standby is
      published. Serve the old kid beside it for as long as old tokens live.

      EXAMPLES
        idtoken keys import old-key.pem --alg RS256
        idtoken keys import old-key.pem --alg RS256 --key-passphrase-file old-key.pass --ring /var/lib/idtoken/ring
      """)

  @Argument(help: "PEM file of the private key: PKCS#8, PKCS#1 or SEC 1.") var file: String
  @Option(name: .customLong("alg"), help: "The algorithm that it signs with.") var algorithm: Algorithm
  @Option(help: "File with the passphrase of the PEM file.") var keyPassphraseFile: String?
  @OptionGroup var ring: RingOptions
  @OptionGroup var policy: PolicyOptions
  @OptionGroup var format: RingFormat

  func run() async throws {
    let store = try ring.store()
    let policy = try policy.read(beside: store.directory, nil).with([algorithm])
    let passphrase = try keyPassphraseFile.map { try SecretBytes(contentsOf: $0).withoutLineEnd() }
    let key = try SigningKey(algorithm, PrivateKey(pem: SecretBytes(contentsOf: file), passphrase: passphrase))
    let now = WallClock.system.now
    try format.print(
      store.create(policy, importing: RingSigningKey(key), at: now), at: now, in: store.directory)
  }
}
