import JOSECore
import KeyRotation
import TestSupport
import Testing

@Suite("A manifest that is half understood must not sign") struct ManifestTests {
  private let directory: TemporaryDirectory
  private let store: DirectoryStore
  private let manifest: JSONObject

  init() throws {
    directory = try TemporaryDirectory()
    store = DirectoryStore(directory.ring)
    try store.create([.es256], at: birth)
    manifest = try #require(try JSONValue(parsing: directory.text(of: "ring/ring.json")).object)
  }

  /// Every way to the ring refuses the manifest, by its path and with the reason.
  private func expectRefusal(_ text: String, _ reason: String) async throws {
    try directory.write(text, to: "ring/ring.json", permissions: 0o644)
    let names = try directory.names(in: "ring")
    for open in [
      { _ = try store.existing() }, { _ = try await store.opened() },
      { try await store.rotate(at: birth) },
    ] as [() async throws -> Void] {
      let error = await #expect(throws: KeyRingError.self) { try await open() }
      let description = error?.description ?? ""
      #expect(description.hasPrefix("\(directory.ring)/ring.json is not a usable ring manifest: "))
      #expect(description.contains(reason), "\(description)")
    }
    // Nor does a new ring take its place: what is there may be repaired.
    #expect(throws: KeyRingError.alreadyExists(directory: directory.ring)) {
      try store.create([.es256], at: birth)
    }
    #expect(try directory.names(in: "ring") == names)
  }

  private func edited(_ member: String, _ value: JSONValue?) -> String {
    var object = manifest
    object[member] = value
    return object.description
  }

  private func editedKey(_ index: Int, _ member: String, _ value: JSONValue?) throws -> String {
    var keys = try #require(manifest["keys"]?.array)
    var key = try #require(keys[index].object)
    key[member] = value
    keys[index] = .object(key)
    return edited("keys", .array(keys))
  }

  @Test("What is no JSON is refused", arguments: ["", " ", "ring", "{", "{}{}", "\u{0}", #"{"a":1,"a":1}"#])
  func noJSON(text: String) async throws { try await expectRefusal(text, "malformed JSON at byte") }

  @Test("What is no JSON object is refused", arguments: ["null", "[]"])
  func noObject(text: String) async throws { try await expectRefusal(text, "a JSON object is expected") }

  @Test("Cut anywhere it is refused")
  func truncated() async throws {
    let text = manifest.description
    for count in stride(from: 1, to: text.utf8.count, by: 97) {
      try await expectRefusal(String(text.prefix(count)), "malformed JSON")
    }
  }

  @Test("A member that isn't known is refused, of the manifest or of a key")
  func unknownMember() async throws {
    try await expectRefusal(edited("comment", "hi"), "comment is not a known member")
    try await expectRefusal(try editedKey(1, "comment", 1), "comment is not a known member")
  }

  @Test("What earlier policies left, and a revocation's reason, are read as strictly")
  func inherited() async throws {
    let value: JSONObject = ["propagation": 0, "until": 0, "comment": "hi"]
    try await expectRefusal(edited("inherited", .object(value)), "comment is not a known member")
    try await expectRefusal(edited("inherited", ["propagation": 0]), "until is missing")
    try await expectRefusal(try editedKey(0, "reason", 1), "reason is an integer, not a string")
  }

  @Test("A policy without one of its members is refused by that: a default would be another policy")
  func policyMember() async throws {
    let policy = try #require(manifest["policy"]?.object)
    for name in policy.members.map(\.name) {
      var changed = policy
      changed[name] = nil
      try await expectRefusal(edited("policy", .object(changed)), "policy.\(name) is missing")
    }
  }

  @Test("What a store elsewhere writes of a ring it reads again, and nothing that is half understood")
  func writtenForm() async throws {
    let ring = try await store.rotate(at: birth)
    let text = Array(ring.json.description.utf8)
    #expect(try KeyRingState(JSONObject(parsing: text.span)) == ring)
    var changed = ring.json
    changed["comment"] = "hi"
    let error = #expect(throws: KeyRingError.self) { try KeyRingState(changed) }
    #expect(error?.description.contains("comment is not a known member") == true)
  }

  @Test("Another version is refused, with the one that is known", arguments: [0, 2, -1, .max] as [Int64])
  func version(number: Int64) async throws {
    try await expectRefusal(edited("version", .integer(number)), "version is \(number); this program knows 1")
  }

  @Test(
    "An epoch that can't be, or after which none could come, is refused",
    arguments: [0, -1, .min, .max, .max - 1, 1 << 53] as [Int64])
  func epoch(number: Int64) async throws {
    try await expectRefusal(edited("epoch", .integer(number)), "epoch is \(number); it must be 1 to")
  }

  /// The last integer that all readers of JSON agree on (RFC 8259 §6).
  private static let lastEpoch: Int64 = (1 << 53) - 1

  @Test("A ring at the last epoch opens, and no step takes it further")
  func lastEpoch() async throws {
    try directory.write(edited("epoch", .integer(Self.lastEpoch)), to: "ring/ring.json", permissions: 0o644)
    #expect(try await store.opened().epoch == Int(Self.lastEpoch))
    let error = await #expect(throws: KeyRingError.noMoreEpochs(Int(Self.lastEpoch))) {
      try await store.rotate(at: birth)
    }
    #expect(error?.description.contains("make a new ring") == true)
  }

  @Test("An entry of the log that no step has written is refused: none could follow it")
  func auditEntry() async throws {
    let entry = try #require(manifest["audit"]?.object)
    for (member, value, reason) in [
      ("n", .integer(.max), "audit.n is \(Int64.max); it must be 1 to 1"), ("n", 0, "audit.n is 0"),
      ("n", 2, "audit.n is 2"), ("epoch", 2, "audit is at epoch 2"),
      ("epoch", .integer(.min), "audit.epoch is \(Int64.min)"),
      ("events", ["ring created", 1], "audit.events[1] is an integer, not a string"),
    ] as [(String, JSONValue, String)] {
      var changed = entry
      changed[member] = value
      try await expectRefusal(edited("audit", .object(changed)), reason)
    }
  }

  @Test(
    "Members that are missing or of another type are refused by name",
    arguments: ["version", "epoch", "policy", "inherited", "keys"])
  func missing(member: String) async throws {
    // An object is of the right type for some: what has to be in it is theirs to say.
    let others: [JSONValue?] = ["policy", "inherited"].contains(member) ? [[]] : [[:]]
    for value in [nil, "1", .number(1), .null] + others {
      try await expectRefusal(edited(member, value), member)
    }
  }

  @Test("A ring without an active key is refused: nothing could sign with it")
  func noActiveKey() async throws {
    try await expectRefusal(edited("keys", []), "keys has no active key")
    var keys = try #require(manifest["keys"]?.array)
    keys.removeLast()
    var key = try #require(keys[0].object)
    key["retired"] = .integer(birth.secondsSinceEpoch)
    try await expectRefusal(edited("keys", [.object(key)]), "keys has no active key")
    try await expectRefusal(try editedKey(0, "activated", nil), "keys has no active key")
  }

  @Test("Two active keys for one algorithm are refused")
  func twoActive() async throws {
    let activated = JSONValue.integer(birth.secondsSinceEpoch)
    try await expectRefusal(
      try editedKey(1, "activated", activated), "keys has more than one active key for ES256")
  }

  @Test("A key that is there twice is refused")
  func twice() async throws {
    let keys = try #require(manifest["keys"]?.array)
    try await expectRefusal(edited("keys", .array(keys + [keys[1]])), "which is there twice")
  }

  @Test("A kid that isn't its key's thumbprint is refused", arguments: ["", "abc", "../../etc/passwd"])
  func wrongKeyID(keyID: String) async throws {
    try await expectRefusal(
      try editedKey(0, "kid", .string(keyID)), "kid \"\(keyID)\" is not the thumbprint of its key")
    try await expectRefusal(try editedKey(0, "kid", nil), "kid is missing")
  }

  @Test(
    "A key whose algorithm doesn't fit, or is none, is refused",
    arguments: ["RS256", "ES384", "HS256", "none", ""])
  func wrongAlgorithm(name: String) async throws {
    try await expectRefusal(try editedKey(0, "alg", .string(name)), name.isEmpty ? "alg is \"\"" : name)
  }

  @Test(
    "Dates and flags of another type are refused by name",
    arguments: [
      "published", "served", "activated", "retired", "revoked", "signsUntil", "notAfter", "original",
      "propagation",
    ])
  func wrongTypes(member: String) async throws {
    try await expectRefusal(try editedKey(0, member, "now"), member)
    try await expectRefusal(try editedKey(0, member, .number(1.5)), member)
  }

  @Test("A private key in the manifest is refused")
  func privateKey() async throws {
    let jwk = try #require(manifest["keys"]?.array?[0].object?["jwk"]?.object)
    var leaked = jwk
    leaked["d"] = jwk["x"]
    try await expectRefusal(try editedKey(0, "jwk", .object(leaked)), "private")
    try await expectRefusal(try editedKey(0, "jwk", nil), "jwk is missing")
  }
}
