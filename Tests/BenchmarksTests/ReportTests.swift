import BenchmarkResults
import JOSECore
import Testing

@Suite struct ReportTests {
  private static let machine = Machine(
    cpu: nil, cores: 2, operatingSystem: "Linux", openSSL: "OpenSSL 3",
    multiBuffer: "on, 8 signatures at a time",
    swift: nil)

  private static func row(_ result: RowResult) throws -> JSONObject {
    let text = Report.json([result], on: machine)
    let report = try JSONObject(parsing: Array(text.utf8).span)
    return try #require(report["results"]?.array?.first?.object)
  }

  private static func round(_ sides: [Comparison.Side: Double]) -> Comparison {
    var comparison = Comparison()
    comparison.append(sides)
    return comparison
  }

  @Test(
    "The ratio stays the one against OpenSSL's signature; the one against the multi-buffer operation stands beside it"
  )
  func ratios() throws {
    let row = try Self.row(
      RowResult(
        RowKey("group/ES256"), Self.round([.tokens: 300, .limit: 100, .multiBuffer: 400, .batch: 320])))
    #expect(row["ratio"] == .number(3))
    #expect(row["lanesPerSecond"] == .integer(400))
    #expect(row["lanesRatio"] == .number(0.75))
    #expect(row["batchRatio"] == .number(0.9375))
  }

  @Test(
    "What wasn't measured is there and null",
    arguments: [
      "peer", "lanesPerSecond", "lanesRatio", "batchRatio", "allocationsPerToken", "p50Nanoseconds",
      "p99Nanoseconds", "p999Nanoseconds", "maxNanoseconds", "limitP50Nanoseconds", "limitP99Nanoseconds",
      "p50Ratio",
    ])
  func nulls(member: String) throws {
    let row = try Self.row(RowResult(RowKey("mint/ES256/buffer"), Self.round([.tokens: 1, .limit: 2])))
    #expect(row[member] == .null)
  }

  @Test("Latencies of both ways stand beside each other")
  func latencies() throws {
    var (tokens, others) = (Histogram(), Histogram())
    tokens.record(nanoseconds: 120)
    others.record(nanoseconds: 100)
    var latencies = LatencyComparison()
    latencies.append(tokens: tokens, other: others)
    let row = try Self.row(
      RowResult(RowKey("group/ES256/1"), Self.round([.tokens: 1, .limit: 1]), latencies))
    #expect(row["p50Nanoseconds"] == .integer(120))
    #expect(row["limitP50Nanoseconds"] == .integer(100))
    #expect(row["limitP99Nanoseconds"] == .integer(100))
    #expect(row["p50Ratio"] == .number(1.2))
  }
}

@Suite struct ProgressTextTests {
  @Test(
    "The time left is that of the rows before, or the estimate where there is none, in round numbers",
    arguments: [
      (1, 0.0, "row 1 of 63, about 3 min left"), (12, 22, "row 12 of 63, about 2 min left"),
      (33, 32, "row 33 of 63, about 30 s left"), (60, 70.8, "row 60 of 63, about 5 s left"),
      (63, 6.2, "row 63 of 63, about 5 s left"), (43, 42, "row 43 of 63, about 20 s left"),
      (2, 120, "row 2 of 63, about 2 h 4 min left"), (7, 6, "row 7 of 63, about 1 min left"),
    ])
  func text(row: Int, elapsed: Double, text: String) {
    let told = ProgressText.text(
      row: row, of: 63, after: .seconds(elapsed), estimate: .seconds(3))
    #expect(told == text)
  }
}
