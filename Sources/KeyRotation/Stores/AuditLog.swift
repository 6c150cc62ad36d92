package import JOSECore
import SystemSupport

/// One change of a ring, chained to the one before it by that one's hash: a cut or an edit shows.
package struct AuditEntry: Sendable, Hashable {
  /// Counts from 1.
  package let number: Int
  package let time: NumericDate
  /// The process that made the change.
  package let actor: String
  package let epoch: Int
  package let events: [String]
  /// SHA-256 of the entry before this one, in base64url; empty for the first.
  package let previousHash: String

  static func following(
    _ previous: AuditEntry?, _ ring: KeyRingState, _ events: [RingEvent], actor: String, at now: NumericDate
  ) throws(KeyRingError) -> AuditEntry? {
    let events = events.filter { !$0.isRoutine }.map(\.description)
    guard !events.isEmpty else { return nil }
    return AuditEntry(
      number: (previous?.number ?? 0) + 1, time: now, actor: actor, epoch: ring.epoch, events: events,
      previousHash: try previous?.hash() ?? "")
  }

  /// SHA-256 of the entry as it stands in the log.
  func hash() throws(KeyRingError) -> String {
    let text = Array(line.utf8)
    let digest: [UInt8]
    do { digest = try MessageDigest.sha256.hash(text.span) } catch { throw .key(error) }
    return Base64URL.encode(digest.span)
  }
}

extension AuditEntry {
  package var json: JSONObject {
    [
      "n": .integer(Int64(number)), "time": .integer(time.secondsSinceEpoch), "actor": .string(actor),
      "epoch": .integer(Int64(epoch)), "events": .array(events.map { .string($0) }),
      "previous": .string(previousHash),
    ]
  }

  var line: String { json.description }

  static let members = ["n", "time", "actor", "epoch", "events", "previous"]

  init(_ reader: ObjectReader) throws(ObjectError) {
    // An entry comes with an epoch of its own. So the next number, which is one more, is in range too.
    epoch = Int(try reader.integer("epoch", in: 1...Int64(KeyRingState.lastEpoch)))
    number = Int(try reader.integer("n", in: 1...Int64(epoch)))
    time = try reader.date("time")
    (actor, previousHash) = (try reader.string("actor"), try reader.string("previous"))
    events = try reader.strings("events")
  }

  init(line: String) throws(ObjectError) {
    try self.init(ObjectReader(parsing: Array(line.utf8).span, members: Self.members))
  }
}

/// The log of a ring's changes: a line of JSON each, never rewritten.
///
/// The latest entry stands in the manifest too, and is there first. Before the manifest moves on, the log is completed.
/// A crash between the two loses nothing. Truncating the log is detected: the manifest has the hash of the latest entry.
struct AuditLog {
  let path: String
  let files: any FileSystem

  var exists: Bool {
    get throws(KeyRingError) {
      do throws(FileError) {
        _ = try files.contents(of: path, limit: Self.limit)
        return true
      } catch {
        if error.isMissing { return false }
        throw .file(error)
      }
    }
  }

  /// More than a ring writes in a thousand years.
  private static let limit = 64 << 20

  /// Adds what a crash has kept from the log: the latest entry, or the rest of it.
  func complete(_ latest: AuditEntry) throws(FileError) {
    let (lines, cut) = try contents()
    guard lines.last != latest.line else { return }
    // The manifest with this entry may have been left in place, but not yet durable.
    try files.synchronizeDirectory(Path.parent(of: path))
    // After a last line that isn't the entry's beginning, the entry gets a line of its own; that one shows in the audit.
    let line = Array(latest.line.utf8)
    try append(line.starts(with: cut) ? line.dropFirst(cut.count) : [newline] + line)
  }

  func append(_ entry: AuditEntry) throws(FileError) { try append(Array(entry.line.utf8)[...]) }

  private func append(_ line: ArraySlice<UInt8>) throws(FileError) {
    let bytes = line + [newline]
    try files.extend(path, with: Array(bytes).span, permissions: 0o644)
  }

  /// Every entry, or what is wrong with the log.
  func entries(latest: AuditEntry?) throws(KeyRingError) -> [AuditEntry] {
    var entries: [AuditEntry] = []
    var (lines, cut): ([String], [UInt8])
    do { (lines, cut) = try contents() } catch { throw .file(error) }
    // The one entry that a crash may have kept from the log, or cut.
    if let latest, latest.number == lines.count + 1, latest.line.utf8.starts(with: cut) {
      lines.append(latest.line)
    } else if !cut.isEmpty {
      lines.append(String(decoding: cut, as: UTF8.self))
    }
    for line in lines {
      let number = entries.count + 1
      let entry: AuditEntry
      do { entry = try AuditEntry(line: line) } catch { throw .audit(path: path, line: number, "\(error)") }
      guard entry.number == number, entry.previousHash == (try entries.last?.hash() ?? "") else {
        throw .audit(
          path: path, line: number, "it does not follow from the line before: the log was edited or cut")
      }
      // What parses to the same entry isn't the same line.
      guard entry.line == line else { throw .audit(path: path, line: number, "it was edited") }
      entries.append(entry)
    }
    guard entries.last == latest else {
      let expected = latest.map { "entry \($0.number)" } ?? "no entry"
      throw .audit(
        path: path, line: entries.count,
        "the manifest expects \(expected) at the end: the log was cut or edited")
    }
    return entries
  }

  /// The lines, and what is behind the last line end: a line that was cut.
  private func contents() throws(FileError) -> (lines: [String], cut: [UInt8]) {
    do throws(FileError) {
      var lines = try files.contents(of: path, limit: Self.limit).bytes
        .split(separator: newline, omittingEmptySubsequences: false)
      let cut = lines.removeLast()
      return (lines.map { String(decoding: $0, as: UTF8.self) }, Array(cut))
    } catch  where error.isMissing { return ([], []) }
  }
}

private let newline = UInt8(ascii: "\n")
