import BenchmarkResults
import Testing

@Suite struct EarlierResultsTests {
  private static let machine = Machine(
    cpu: "a processor", cores: 2, operatingSystem: "Linux", openSSL: "OpenSSL 3",
    multiBuffer: "off: turned off",
    swift: nil)

  private static func result(_ key: RowKey, ratio: Double) -> RowResult {
    var comparison = Comparison()
    comparison.append([.tokens: ratio * 1000, .limit: 1000])
    return RowResult(key, comparison)
  }

  @Test("What --json writes can be read again")
  func roundTrip() throws {
    let keys = [
      RowKey("mint/ES256/buffer"), RowKey("mint/ES256/buffer", peer: "jwt-kit"), RowKey("jwks/6", threads: 2),
    ]
    let file = Report.json(keys.map { Self.result($0, ratio: 0.5) }, on: Self.machine)
    let read = try EarlierResults(parsing: file)
    #expect(read.ratios.map(\.key) == keys)
    #expect(read.ratios.map(\.ratio) == [0.5, 0.5, 0.5])
    #expect(
      read.machine == [
        "cpu": "a processor", "cores": "2", "os": "Linux", "openssl": "OpenSSL 3", "lanes": "off: turned off",
      ])
  }

  @Test("Files of other versions are read: members may be missing or new, and a ratio may be null")
  func otherVersions() throws {
    let read = try EarlierResults(
      parsing: """
        {"results": [{"name": "a", "threads": 1, "ratio": 1, "colour": "blue"},
                     {"name": "b", "peer": "PyJWT", "threads": 1, "ratio": null}]}
        """)
    #expect(read.ratios.map(\.ratio) == [1, nil])
    #expect(read.machine.isEmpty)
  }

  @Test(
    "A malformed file is refused with the place and what is wrong there",
    arguments: [
      ("", "malformed JSON"), ("[]", "an array"), ("{}", "results is missing"),
      (#"{"results": 1}"#, "results is an integer"),
      (#"{"results": [1]}"#, "results[0] is an integer"), (#"{"results": [{}]}"#, "results[0].name"),
      (#"{"results": [{"name": "a"}]}"#, "results[0].threads"),
      (#"{"results": [{"name": "a", "threads": 0}]}"#, "results[0].threads"),
      (#"{"results": [{"name": "a", "threads": 1, "ratio": "fast"}]}"#, "results[0].ratio is a string"),
      (#"{"results": [{"name": "a", "threads": 1, "ratio": -1}]}"#, "results[0].ratio is -1"),
      (
        #"{"results": [{"name": "a", "threads": 1}, {"name": "a", "threads": 1}]}"#,
        "results[1] is a second row a"
      ),
    ])
  func malformed(file: String, problem: String) {
    let error = #expect(throws: FormatError.self) { try EarlierResults(parsing: file) }
    #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
  }
}
