import JOSECore
import KeyRotation
import SystemSupport
import TestSupport
import Testing

@Suite("A private key file is the manifest's key or is refused, by its path and with the reason")
struct KeyFileTests {
  private let directory: TemporaryDirectory
  private let store: DirectoryStore
  private let active: String
  private let standby: String

  init() throws {
    directory = try TemporaryDirectory()
    store = DirectoryStore(directory.ring)
    let ring = try store.create([.es256], at: birth)
    (active, standby) = (ring.keyIDs(.active)[0], ring.keyIDs(.published)[0])
  }

  private var path: String { "\(directory.ring)/\(active).pem" }

  private func expectRefusal(_ reason: String) async throws {
    let error = await #expect(throws: KeyRingError.self) { _ = try await store.opened() }
    let description = error?.description ?? ""
    #expect(description.contains(path), "\(description)")
    #expect(description.contains(reason), "\(description)")
  }

  @Test("Another key in its place is refused with both names")
  func swapped() async throws {
    try directory.write(directory.text(of: "ring/\(standby).pem"), to: "ring/\(active).pem")
    await #expect(
      throws: KeyRingError.privateKey(
        path: path, reason: "it is key \(standby), and the manifest expects \(active)")
    ) { _ = try await store.opened() }
  }

  @Test("A key of another kind in its place is refused with what is needed")
  func otherKind() async throws {
    let pem = try #require(try RingSigningKey.generate(.edDSA).key.privateKey).pem()
    try directory.write(
      pem.withBytes { String(decoding: $0.map { $0 }, as: UTF8.self) }, to: "ring/\(active).pem")
    try await expectRefusal("ES256 needs an EC key on P-256")
  }

  @Test("Its public half in its place is refused with what is there")
  func publicHalf() async throws {
    let pem = try #require(try store.existing()[active]).publicKey.pem()
    try directory.write(pem, to: "ring/\(active).pem")
    try await expectRefusal("a private key is expected, and it holds PUBLIC KEY")
  }

  @Test(
    "Garbage is refused",
    arguments: ["", "\n", "garbage", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"])
  func garbage(text: String) async throws {
    try directory.write(text, to: "ring/\(active).pem")
    try await expectRefusal("is not a usable private key")
  }

  @Test("Cut anywhere it is refused")
  func truncated() async throws {
    let text = try directory.text(of: "ring/\(active).pem").trimmingLineEnd
    for count in stride(from: 0, to: text.utf8.count, by: 7) {
      try directory.write(String(text.prefix(count)), to: "ring/\(active).pem")
      try await expectRefusal("is not a usable private key")
    }
  }

  @Test("A file that is longer than any key is refused")
  func long() async throws {
    try directory.write(String(repeating: "-", count: 1 << 17), to: "ring/\(active).pem")
    try await expectRefusal("it is longer than")
  }

  @Test(
    "A file that others can read is refused with what to do",
    arguments: [0o644, 0o604, 0o666, 0o620] as [UInt32])
  func exposed(permissions: UInt32) async throws {
    try directory.write(
      directory.text(of: "ring/\(active).pem"), to: "ring/\(active).pem", permissions: permissions)
    await #expect(throws: KeyRingError.secretFile(.exposed(path: path, permissions: permissions))) {
      _ = try await store.opened()
    }
    try await expectRefusal("chmod 600 \(path)")
  }

  @Test("A missing file is named")
  func missing() async throws {
    try directory.remove("ring/\(active).pem")
    try await expectRefusal("No such file or directory")
  }

  @Test("A file that can't be read is named with what the system said")
  func unreadable() async throws {
    let files = try FaultyFileSystem(directory, .fails(call: 1, code: 13)) { $0.hasSuffix(".pem") }
    let error = await #expect(throws: KeyRingError.self) {
      _ = try await DirectoryStore(directory.ring, files: files).opened()
    }
    #expect(error?.description == "could not read \(path): Permission denied")
  }

  @Test("The standby's file is not needed to sign, and the ring goes on without it")
  func standbyMissing() async throws {
    try directory.remove("ring/\(standby).pem")
    #expect(try await store.opened().signingKey(for: .es256).keyID == active)
  }

  @Test("A standby without a usable private key never becomes active: signing goes on with the old key")
  func lostStandby() async throws {
    try directory.remove("ring/\(standby).pem")
    let error = await #expect(throws: KeyRingError.self) { try await store.rotate(at: birth) }
    #expect(error?.description.contains("\(standby).pem") == true)
    #expect(try await store.opened().signingKey(for: .es256).keyID == active)
  }
}

extension String {
  fileprivate var trimmingLineEnd: String { hasSuffix("\n") ? String(dropLast()) : self }
}
