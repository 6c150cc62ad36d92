import JOSECore
import KeyRotation
import SystemSupport
import TestSupport
import Testing

@Suite struct DamagedFileTests {
  private let scratch: TemporaryDirectory
  private let store: DirectoryStore
  private let ring: KeyRingState
  private let files = POSIXFileSystem()

  init() throws {
    scratch = try TemporaryDirectory()
    store = DirectoryStore(scratch.path)
    ring = try store.create(.brief(), at: start)
  }

  private func path(_ key: RingKey) -> String { "\(scratch.path)/\(key.keyID).pem" }

  private func bytes(_ path: String) throws -> [UInt8] { try files.contents(of: path, limit: 1 << 20).bytes }

  private func write(_ bytes: some Sequence<UInt8>, _ path: String, permissions: UInt32 = 0o600) throws {
    try files.replace(path, with: Array(bytes).span, permissions: permissions)
  }

  @Test("a manifest cut at any byte is refused, with its path")
  func cutManifest() throws {
    let path = scratch.path + "/ring.json"
    let whole = try bytes(path)
    // Without the last byte, the end of the last line, it still says everything.
    for length in 0..<whole.count - 1 {
      try write(whole[..<length], path, permissions: 0o644)
      #expect("cut to \(length) bytes") {
        try store.load()
      } throws: {
        guard let error = $0 as? KeyRingError, error.code == "invalid_manifest" else { return false }
        return true
      }
    }
  }

  @Test("a private key cut at any byte is refused, with its path")
  func cutKey() throws {
    let key = try #require(ring.activeKey(for: .edDSA))
    let whole = try bytes(path(key))
    for length in 0..<whole.count - 1 {
      try write(whole[..<length], path(key))
      #expect("cut to \(length) bytes") {
        try store.signingKey(key)
      } throws: {
        guard let error = $0 as? KeyRingError, error.code == "invalid_private_key" else { return false }
        return true
      }
    }
  }

  @Test("private keys that were exchanged are refused, and the error names both")
  func swappedKeys() throws {
    let (active, standby) = try swap()
    for (key, other) in [(active, standby), (standby, active)] {
      #expect {
        try store.signingKey(key)
      } throws: {
        let text = "\($0)"
        return text.hasPrefix("\(path(key)) ") && text.contains("is key \(other.keyID)")
          && text.contains("expects \(key.keyID)")
      }
    }
  }

  @Test("a private key that others can read is refused")
  func exposedKey() throws {
    let key = try #require(ring.activeKey(for: .edDSA))
    try write(try bytes(path(key)), path(key), permissions: 0o644)
    #expect(throws: KeyRingError.secretFile(.exposed(path: path(key), permissions: 0o644))) {
      try store.signingKey(key)
    }
  }

  enum Damage: CaseIterable { case missing, cut, foreign }

  @Test(
    "no rotation hands over to a standby whose private key is unusable: the active key stays",
    arguments: Damage.allCases)
  func unusableStandby(_ damage: Damage) async throws {
    let standby = try #require(ring.standby(for: .edDSA))
    try await damageKey(standby, damage)
    let now = start.advanced(by: 250)
    await #expect {
      try await store.step(.brief(), at: now)
    } throws: {
      guard let error = $0 as? KeyRingError, error.code == "unusable_standby" else { return false }
      return "\($0)".contains(path(standby)) && "\($0)".contains("the active key goes on signing")
    }
    let snapshot = try #require(try await store.snapshot())
    #expect(snapshot.ring.keys.map(\.keyID) == ring.keys.map(\.keyID))
    #expect(snapshot.ring.keys.map(\.state) == ring.keys.map(\.state))
    // Its reservation was over: it has been renewed.
    #expect(try !SampleTokens.mint(snapshot, at: now).isEmpty)
  }

  @Test("once the unusable standby is revoked, the ring goes on as ever", arguments: Damage.allCases)
  func revokedStandby(_ damage: Damage) async throws {
    let standby = try #require(ring.standby(for: .edDSA))
    try await damageKey(standby, damage)
    let now = start.advanced(by: 250)
    let policy = try RotationPolicy.brief()
    try await store.settle(policy, clock: .fixed(now), .revoke(keyID: standby.keyID, reason: "unusable"))
    #expect(RingInspection(scratch.path).violations == [])
    let step = try await store.step(policy, at: now.advanced(by: policy.propagation))
    #expect(step.events.contains { if case .activated = $0 { true } else { false } })
    #expect(RingInspection(scratch.path).violations == [])
  }

  @Test("an active key can be revoked though its standby is unusable: revoking comes first")
  func emergency() async throws {
    let (active, standby) = (
      try #require(ring.activeKey(for: .edDSA)), try #require(ring.standby(for: .edDSA))
    )
    try await damageKey(standby, .missing)
    let step = try await store.step(
      .brief(), at: start.advanced(by: 10), .revoke(keyID: active.keyID, reason: "stolen"))
    #expect(step.ring[active.keyID]?.state == .revoked)
  }

  @Test("an operator's own PEM files in the directory stay")
  func foreignFiles() async throws {
    try write("mine".utf8, scratch.path + "/old-issuer.pem")
    try await store.step(.brief(), at: start.advanced(by: 250))
    #expect(try bytes(scratch.path + "/old-issuer.pem") == Array("mine".utf8))
  }

  private func damageKey(_ key: RingKey, _ damage: Damage) async throws {
    switch damage {
    case .missing: try files.remove(path(key))
    case .cut: try write(try bytes(path(key)).dropLast(20), path(key))
    case .foreign:
      let other = try RingSigningKey.generate(.edDSA)
      let pem = try #require(other.key.privateKey).pem()
      try write(pem.withBytes { bytes in bytes.indices.map { bytes[$0] } }, path(key))
    }
  }

  private func swap() throws -> (active: RingKey, standby: RingKey) {
    let (active, standby) = (
      try #require(ring.activeKey(for: .edDSA)), try #require(ring.standby(for: .edDSA))
    )
    let (first, second) = (try bytes(path(active)), try bytes(path(standby)))
    try write(second, path(active))
    try write(first, path(standby))
    return (active, standby)
  }
}
