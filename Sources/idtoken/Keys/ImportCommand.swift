import ArgumentParser
import JOSECore
import KeyRotation

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Create a ring whose active key comes from another issuer.",
    discussion: """
      Use it to replace an issuer without a break. The key goes on signing. Its standby is published and waits until \
      every cached JWKS of the old issuer has expired. That wait starts now, so serve this ring's JWKS in index of the old \
      one at once.

      Pass --kid exactly as the old JWKS has it: cached verifiers look keys up by kid.

      EXAMPLES
        idtoken keys import old-key.pem --alg RS256 --kid 2024-03
        idtoken keys import old-key.pem --alg RS256 --kid 2024-03 \\
          --key-passphrase-file old-key.pass --ring /var/lib/idtoken/ring
        idtoken keys import old-key.pem --alg ES256 --kid 2024-03 \\
          --not-after 2027-01-01T00:00:00Z
      """)

  @Argument(help: "PEM file of the private key (PKCS#8, PKCS#1 or SEC 1; mode 0600).") var file: String
  @Option(name: .customLong("alg"), help: "Algorithm that the key signs with.") var algorithm: Algorithm
  @Option(
    name: .customLong("kid"),
    help: "The key's kid in the old issuer's JWKS (default: its RFC 7638 thumbprint).")
  var keyID: String?
  @Option(
    help:
      "Latest time at which a token of this key may expire: RFC 3339 or seconds since 1970 (default: none).")
  var notAfter: NumericDate?
  @Option(help: "File with the passphrase of the PEM file, if it is encrypted (mode 0600).")
  var keyPassphraseFile: String?
  @OptionGroup var ring: RingOptions
  @OptionGroup var policy: PolicyOptions
  @OptionGroup var format: RingFormat

  func run() async throws {
    let store = try ring.store()
    let policy = try policy.read(beside: store.directory, nil, algorithms: [algorithm])
    let passphrase = try keyPassphraseFile.map { try SecretBytes(contentsOf: $0).withoutLineEnd() }
    let key = try SigningKey(
      algorithm, PrivateKey(pem: SecretBytes(contentsOf: file), passphrase: passphrase))
    let imported = try RingSigningKey(key, keyID: keyID, notAfter: notAfter)
    try store.create(policy, importing: imported, at: WallClock.system.now)
    try await store.settle(policy)
    try format.print(store.existing(), at: WallClock.system.now, in: store.directory)
  }
}
