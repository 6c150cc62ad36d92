import ArgumentParser
import JOSECore
import KeyRotation

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Make a new ring whose active key is one that verifiers know already.",
    discussion: """
      For coming from another issuer without a break: the key goes on signing, and its standby is published and waits
      until every JWKS of the old issuer is out of date. That time counts from now, so serve this ring's JWKS in the old
      one's place at once. Tell the kid under which the old issuer publishes the key: a verifier that has cached its JWKS
      knows the key by no other name.

      EXAMPLES
        idtoken keys import old-key.pem --alg RS256 --kid 2024-03
        idtoken keys import old-key.pem --alg RS256 --key-passphrase-file old-key.pass --ring /var/lib/idtoken/ring
        idtoken keys import old-key.pem --alg ES256 --kid 2024-03 --not-after 2027-01-01T00:00:00Z
      """)

  @Argument(help: "PEM file of the private key: PKCS#8, PKCS#1 or SEC 1.") var file: String
  @Option(name: .customLong("alg"), help: "The algorithm that it signs with.") var algorithm: Algorithm
  @Option(
    name: .customLong("kid"), help: "Its kid in the old issuer's JWKS. Default: its RFC 7638 thumbprint.")
  var keyID: String?
  @Option(help: "No token of it expires after this (RFC 3339, or seconds since 1970).") var notAfter:
    NumericDate?
  @Option(help: "File with the passphrase of the PEM file.") var keyPassphraseFile: String?
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
