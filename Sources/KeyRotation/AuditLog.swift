import JWA
import Platform

/// The log of a ring's changes: a line of JSON each, never rewritten (but for half a line that a crash left).
///
/// The latest entry stands in the manifest too, and is there first. So a crash between the two loses nothing: the next
/// change writes what the log lacks; and whoever cuts the log has the manifest against him.
struct AuditLog {
  let path: String
  let files: any FileSystem

  /// Adds `entry` at the end.
  func append(_ entry: AuditEntry) throws(FileError) {
    try files.extend(path, with: Array((entry.line + "\n").utf8).span, permissions: 0o644)
  }

  /// Brings the log up to `latest`, whose line may be missing or cut short after a crash.
  func heal(_ latest: AuditEntry) throws(FileError) {
    let (lines, isWhole) = try lines()
    guard lines.contains(latest.line) else {
      if isWhole { return try append(latest) }
      let text = (lines + [latest.line]).map { $0 + "\n" }.joined()
      return try files.replace(path, with: Array(text.utf8).span, permissions: 0o644)
    }
  }

  /// Every entry, or what is wrong with the log.
  func entries(latest: AuditEntry?) throws(KeyRingError) -> [AuditEntry] {
    var entries: [AuditEntry] = []
    var lines: [String]
    do { lines = try self.lines().whole } catch { throw .file(error) }
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

  /// The lines that have an end, and whether there is nothing after them.
  private func lines() throws(FileError) -> (whole: [String], isWhole: Bool) {
    do throws(FileError) {
      let text = String(decoding: try files.contents(of: path, limit: 64 << 20).bytes, as: UTF8.self)
      var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      let rest = lines.removeLast()
      return (lines, rest.isEmpty)
    } catch where error.isMissing { return ([], true) }
  }
}
