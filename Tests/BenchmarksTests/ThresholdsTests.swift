import BenchmarkResults
import Foundation
import Testing

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
