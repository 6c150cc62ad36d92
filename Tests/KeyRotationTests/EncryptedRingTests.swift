import JOSECore
import KeyRotation
import TestSupport
import Testing

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

@Suite struct EncryptedRingTests {
  private let directory: TemporaryDirectory
  private let store: DirectoryStore
  private let passphrase = "correct horse battery staple"

  init() throws {
    directory = try TemporaryDirectory()
    store = DirectoryStore(directory.ring, passphrase: SecretBytes(utf8: passphrase))
  }

  private func openSSL(_ arguments: String) -> Bool { system("openssl pkey \(arguments) 2>/dev/null") == 0 }

  @Test("'openssl pkey' reads an encrypted key file with its passphrase and with no other")
  func commandLine() throws {
    let ring = try store.create([.es256], at: birth)
    let name = "\(ring.keyIDs(.active)[0]).pem"
    let file = "\(directory.ring)/\(name)"
    #expect(try directory.text(of: "ring/\(name)").hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----"))
    let output = directory.path + "/public.pem"
    #expect(openSSL("-in \(file) -passin 'pass:\(passphrase)' -pubout -out \(output)"))
    #expect(!openSSL("-in \(file) -passin pass:wrong -noout"))
    try directory.write(#require(ring.activeKey(for: .es256)).publicKey.pem(), to: "ring/expected.pem")
    #expect(system("cmp -s \(output) \(directory.ring)/expected.pem") == 0)
  }

  @Test("'openssl pkey' reads an unencrypted key file as it is")
  func plain() throws {
    let ring = try DirectoryStore(directory.ring).create([.es256], at: birth)
    #expect(openSSL("-in \(directory.ring)/\(ring.keyIDs(.active)[0]).pem -noout"))
  }

  @Test("The ring opens and rotates with its passphrase")
  func opens() async throws {
    try store.create([.es256], at: birth)
    let ring = try await store.rotate(at: birth)
    #expect(try await store.opened().signingKey(for: .es256).keyID == ring.keyIDs(.active)[0])
    for keyID in ring.keyIDs(.published) {
      #expect(try directory.text(of: "ring/\(keyID).pem").hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----"))
    }
  }

  @Test("Without the passphrase the keys are refused, and the reason says that they are encrypted")
  func without() async throws {
    try store.create([.es256], at: birth)
    let error = await #expect(throws: KeyRingError.self) {
      _ = try await DirectoryStore(directory.ring).opened()
    }
    #expect(error?.description.contains("private keys are encrypted, and no passphrase was given") == true)
    #expect(error?.description.contains(directory.ring) == true)
    // What is public needs no passphrase.
    #expect(try DirectoryStore(directory.ring).existing().keyIDs(.active).count == 1)
  }

  @Test("With a wrong passphrase the keys are refused, and a rotation changes nothing")
  func wrong() async throws {
    let ring = try store.create([.es256], at: birth)
    for text in ["", "wrong", passphrase + " "] {
      let other = DirectoryStore(directory.ring, passphrase: SecretBytes(utf8: text))
      let error = await #expect(throws: KeyRingError.self) { _ = try await other.opened() }
      #expect(error?.description.contains("the passphrase is wrong, or the file is damaged") == true)
      #expect(error?.description.contains(passphrase) == false)
    }
    let other = DirectoryStore(directory.ring, passphrase: SecretBytes(utf8: "wrong"))
    await #expect(throws: KeyRingError.self) { try await other.rotate(at: birth) }
    #expect(try store.existing() == ring)
    #expect(try await store.opened().epoch == 1)
  }

  @Test(
    "A rotation without the passphrase, or with a wrong one, asks for it and doesn't advise to revoke a key",
    arguments: [nil, "wrong"] as [String?])
  func rotationAsksForThePassphrase(text: String?) async throws {
    let ring = try store.create([.es256], at: birth)
    let other = DirectoryStore(directory.ring, passphrase: text.map { SecretBytes(utf8: $0) })
    let path = "\(directory.ring)/\(ring.keyIDs(.published)[0]).pem"
    let expected: KeyRingError =
      text == nil ? .passphraseMissing(path: path) : .passphraseWrong(path: path)
    await #expect(throws: expected) { try await other.rotate(at: birth) }
    #expect(expected.description.contains("--passphrase-file") && !expected.description.contains("revoke"))
  }

  @Test("A damaged standby in an encrypted ring is named, so that it can be restored or revoked")
  func damagedStandby() async throws {
    let standby = try store.create([.es256], at: birth).keyIDs(.published)[0]
    try directory.write(
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
      to: "ring/\(standby).pem")
    let path = "\(directory.ring)/\(standby).pem"
    await #expect(throws: KeyRingError.unusableStandby(keyID: standby, .passphraseWrong(path: path))) {
      try await store.rotate(at: birth)
    }
  }

  @Test(
    "Without the passphrase no new key is written, in plain text or otherwise",
    arguments: [nil, "wrong"] as [String?])
  func noForeignKeys(text: String?) async throws {
    try store.create([.es256], at: birth)
    let other = DirectoryStore(directory.ring, passphrase: text.map { SecretBytes(utf8: $0) })
    let names = try directory.names(in: "ring")
    await #expect(throws: KeyRingError.self) {
      try await other.step(policy.with([.es256, .edDSA]), at: birth)
    }
    #expect(try directory.names(in: "ring") == names)
  }

  @Test(
    "A revocation takes a key away without the passphrase, and the next step with it makes the new standby")
  func revocation() async throws {
    let ring = try store.create([.es256], at: birth)
    let (active, standby) = (ring.keyIDs(.active)[0], ring.keyIDs(.published)[0])
    let other = DirectoryStore(directory.ring)
    try await other.step(policy, at: birth, .revoke(keyID: active, reason: "stolen"))
    #expect(try other.existing().keyIDs(.active) == [standby])
    #expect(try other.existing().keyIDs(.published).isEmpty)
    #expect(try other.existing().nextDue(policy) ?? birth + 1 <= birth)
    try await store.step(policy, at: birth)
    let next = try #require(try store.existing().keys(.published).first)
    #expect(
      try directory.text(of: "ring/\(next.keyID).pem").hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----"))
    // With nobody left to sign it can't be done without: then the passphrase is asked for.
    try await store.step(policy, at: birth, .revoke(keyID: next.keyID, reason: "spare"))
    let spare = try store.existing().keyIDs(.published)
    try await other.step(policy, at: birth, .revoke(keyID: spare[0], reason: "spare"))
    await #expect(throws: KeyRingError.self) {
      try await other.step(policy, at: birth, .revoke(keyID: standby, reason: "stolen"))
    }
    #expect(try store.existing().keyIDs(.active) == [standby])
  }
}
