import BenchmarkResults
import Foundation
import Testing

@Suite struct RatioChangesTests {
  private static let tenth = #"{"default": 0.1}"#

  private static func file(_ rows: String, machine: String = #""openssl": "3.0""#) throws -> EarlierResults {
    try EarlierResults(parsing: "{\"machine\": {\(machine)}, \"results\": [\(rows)]}")
  }

  private static func row(_ name: String, _ ratio: String, peer: String? = nil, threads: Int = 1) -> String {
    let peer = peer.map { "\"\($0)\"" } ?? "null"
    return #"{"name": "\#(name)", "peer": \#(peer), "threads": \#(threads), "ratio": \#(ratio)}"#
  }

  private static func changes(_ was: String, _ now: String) throws -> RatioChanges {
    RatioChanges(from: try file(was), to: try file(now), try Thresholds(parsing: tenth))
  }

  @Test(
    "A ratio that falls by more than its threshold is a loss; one that rises, or falls by less, is none",
    arguments: [("0.5", "0.44", true), ("0.5", "0.46", false), ("0.5", "0.9", false), ("0", "0", false)])
  func losses(was: String, now: String, isLoss: Bool) throws {
    let changes = try Self.changes(Self.row("a", was), Self.row("a", now))
    #expect(changes.changes.map(\.isLoss) == [isLoss])
    #expect(changes.losses.map(\.key) == (isLoss ? [RowKey("a")] : []))
  }

  @Test("The change is told relative to what the ratio was")
  func relative() throws {
    let change = try #require(try Self.changes(Self.row("a", "0.5"), Self.row("a", "0.6")).changes.first)
    #expect(abs(change.relative - 0.2) < 1e-9)
  }

  @Test("Rows of other peers and numbers of threads are other rows; those of one file alone are named")
  func rowsOfOneFile() throws {
    let changes = try Self.changes(
      [Self.row("a", "1"), Self.row("a", "1", peer: "cjose"), Self.row("b", "1")].joined(separator: ","),
      [Self.row("a", "1"), Self.row("a", "1", threads: 2), Self.row("b", "null")].joined(separator: ","))
    #expect(changes.changes.map(\.key) == [RowKey("a")])
    #expect(changes.gone == [RowKey("a", peer: "cjose"), RowKey("b")])
    #expect(changes.new == [RowKey("a", threads: 2)])
  }

  @Test("Rows that weren't asked for are not missed")
  func filtered() throws {
    let was = try Self.file([Self.row("a", "1"), Self.row("b", "1")].joined(separator: ","))
    let changes = RatioChanges(
      from: was.filtered { $0.name == "a" }, to: try Self.file(Self.row("a", "1")),
      try Thresholds(parsing: Self.tenth))
    #expect(changes.gone.isEmpty)
  }

  @Test("Multi-buffer signing that is off now, or wasn't written down then, is named")
  func multiBuffer() throws {
    let changes = RatioChanges(
      from: try Self.file(""),
      to: try Self.file("", machine: #""openssl": "3.0", "lanes": "off: turned off""#),
      try Thresholds(parsing: Self.tenth))
    #expect(
      changes.differences.map { [$0.name, $0.was, $0.is] } == [
        ["multi-buffer library", "unknown", "off: turned off"]
      ])
  }

  @Test("Another machine or OpenSSL is named")
  func machines() throws {
    let changes = RatioChanges(
      from: try Self.file("", machine: #""openssl": "3.0", "cores": 2"#),
      to: try Self.file("", machine: #""openssl": "3.5", "cores": 2"#), try Thresholds(parsing: Self.tenth))
    #expect(changes.differences.map { [$0.name, $0.was, $0.is] } == [["openssl", "3.0", "3.5"]])
  }
}

@Suite struct ThresholdsTests {
  @Test("A row's own threshold counts before that of the rows that begin alike, and that before the default")
  func longest() throws {
    let thresholds = try Thresholds(
      parsing:
        #"{"default": 0.1, "rows": {"mint/": 0.2, "mint/HS256/": 0.3, "mint/HS256/string": 0.4, "batch": 0.5}}"#
    )
    #expect(thresholds.allowedFall(of: RowKey("verify/ES256")) == 0.1)
    #expect(thresholds.allowedFall(of: RowKey("mint/ES256/buffer")) == 0.2)
    #expect(thresholds.allowedFall(of: RowKey("mint/HS256/buffer")) == 0.3)
    #expect(thresholds.allowedFall(of: RowKey("mint/HS256/string", peer: "cjose", threads: 2)) == 0.4)
    #expect(thresholds.allowedFall(of: RowKey("batch/ES256")) == 0.1)
  }

  @Test(
    "Thresholds that make no sense are refused with their place",
    arguments: [
      ("{}", "default"), (#"{"default": 1}"#, "default"), (#"{"default": "a tenth"}"#, "default is a string"),
      (#"{"default": 0.1, "rows": []}"#, "rows is an array"),
      (#"{"default": 0.1, "rows": {"a": -1}}"#, "rows.a"),
      (#"{"default": 0.1, "row": {}}"#, "row is unknown"),
    ])
  func malformed(file: String, problem: String) {
    let error = #expect(throws: FormatError.self) { try Thresholds(parsing: file) }
    #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
  }

  @Test("The committed thresholds can be read")
  func committed() throws {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = package.appending(path: "Benchmarks/thresholds.json")
    let thresholds = try Thresholds(parsing: String(contentsOf: file, encoding: .utf8))
    #expect(thresholds.allowedFall(of: RowKey("mint/ES256/buffer")) > 0)
  }
}
