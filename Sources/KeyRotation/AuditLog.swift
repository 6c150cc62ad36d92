import JWA
import Platform

/// The log of a ring's changes: a line of JSON each, never rewritten.
///
/// The latest entry stands in the manifest too, and is there first. So a crash between the two loses nothing: the next
/// change writes what the log lacks; and whoever cuts the log has the manifest against him.
struct AuditLog {
  let path: String
  let files: any FileSystem

  /// Brings the log up to `latest`, which may lack its last line after a crash, and adds `entry`.
  func append(_ entry: AuditEntry, after latest: AuditEntry?) throws(FileError) {
    var text = ""
    if let latest, try !lines().contains(latest.line) { text += latest.line + "\n" }
    text += entry.line + "\n"
    try files.extend(path, with: Array(text.utf8).span, permissions: 0o644)
  }

  /// Every entry, or what is wrong with the log.
  func entries(latest: AuditEntry?) throws(KeyRingError) -> [AuditEntry] {
    var entries: [AuditEntry] = []
    var lines: [String]
    do { lines = try self.lines() } catch { throw .file(error) }
    // The one entry that a crash may have kept from the log.
    if let latest, lines.last != latest.line, latest.number == lines.count + 1 { lines.append(latest.line) }
    for line in lines {
      let number = entries.count + 1
      let entry: AuditEntry
      do { entry = try AuditEntry(line: line) } catch { throw .audit(path: path, line: number, error.reason) }
      guard entry.number == number, entry.previousHash == (try entries.last?.hash() ?? "") else {
        throw .audit(path: path, line: number, "it does not follow from the line before: the log was edited or cut")
      }
      entries.append(entry)
    }
    guard entries.last == latest else {
      let expected = latest.map { "entry \($0.number)" } ?? "no entry"
      throw .audit(path: path, line: entries.count, "the manifest expects \(expected) at the end: the log was cut or edited")
    }
    return entries
  }

  private func lines() throws(FileError) -> [String] {
    do throws(FileError) {
      let bytes = try files.contents(of: path, limit: 64 << 20).bytes
      return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    } catch where error.isMissing { return [] }
  }
}
