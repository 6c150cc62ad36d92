public import JOSECore

/// One change of a ring, chained to the one before it by that one's hash: a cut or an edit shows.
public struct AuditEntry: Sendable, Hashable {
  /// Counts from 1.
  public let number: Int
  public let time: NumericDate
  /// The process that made the change.
  public let actor: String
  public let epoch: Int
  public let events: [String]
  /// SHA-256 of the entry before this one, in base64url; empty for the first.
  public let previousHash: String

  static func following(
    _ previous: AuditEntry?, _ step: RotationStep, actor: String, at now: NumericDate
  ) throws(KeyRingError) -> AuditEntry? {
    let events = step.events.filter { !$0.isRoutine }.map(\.description)
    guard !events.isEmpty else { return nil }
    return AuditEntry(
      number: (previous?.number ?? 0) + 1, time: now, actor: actor, epoch: step.ring.epoch, events: events,
      previousHash: try previous?.hash() ?? "")
  }

  /// SHA-256 of the entry as it stands in the log.
  func hash() throws(KeyRingError) -> String {
    let text = Array(line.utf8)
    let digest: [UInt8]
    do { digest = try MessageDigest.sha256.hash(text.span) } catch { throw .key(.key(error)) }
    return Base64URL.encode(digest.span)
  }
}

extension AuditEntry {
  public var json: JSONObject {
    [
      "n": .integer(Int64(number)), "time": .integer(time.secondsSinceEpoch), "actor": .string(actor),
      "epoch": .integer(Int64(epoch)), "events": .array(events.map { .string($0) }),
      "previous": .string(previousHash),
    ]
  }

  var line: String { json.description }

  init(_ object: JSONObject) throws(ManifestError) {
    let reader = ManifestReader(object)
    try reader.check(members: ["n", "time", "actor", "epoch", "events", "previous"])
    number = Int(try reader.integer("n"))
    time = NumericDate(try reader.integer("time"))
    (actor, previousHash) = (try reader.string("actor"), try reader.string("previous"))
    epoch = Int(try reader.integer("epoch"))
    events = try reader.array("events").compactMap(\.string)
  }

  init(line: String) throws(ManifestError) {
    let object: JSONObject
    do { object = try JSONObject(parsing: Array(line.utf8).span) } catch { throw ManifestError("\(error)") }
    try self.init(object)
  }
}
