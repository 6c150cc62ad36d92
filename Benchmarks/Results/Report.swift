import JOSECore

/// The results for programs. The shape is kept stable: other tools compare files of different versions.
package enum Report {
  package static func json(_ results: [RowResult], on machine: Machine) -> String {
    let report: JSONObject = [
      "machine": .object(machine.json), "results": .array(results.map { .object($0.json) }),
    ]
    return JSONValue.object(report).text(indentation: 2) + "\n"
  }
}

extension RowResult {
  fileprivate var json: JSONObject {
    [
      "name": .string(name),
      "peer": peer.map { .string($0) } ?? .null,
      "threads": .integer(Int64(threads)),
      "tokensPerSecond": .integer(Int64(tokensPerSecond.rounded())),
      "limitPerSecond": .integer(Int64(limitPerSecond.rounded())),
      "ratio": .number(ratio.rounded(places: 4)),
      "ratioSpread": .array([
        .number(ratioSpread.lowerBound.rounded(places: 4)),
        .number(ratioSpread.upperBound.rounded(places: 4)),
      ]),
      "lanesPerSecond": lanesPerSecond.map { .integer(Int64($0.rounded())) } ?? .null,
      "lanesRatio": Self.json(lanesRatio),
      "batchRatio": Self.json(batchRatio),
      "allocationsPerToken": allocationsPerToken.map { .number($0.rounded(places: 2)) } ?? .null,
      "p50Nanoseconds": Self.json(latency?.p50),
      "p99Nanoseconds": Self.json(latency?.p99),
      "p999Nanoseconds": Self.json(latency?.p999),
      "maxNanoseconds": Self.json(latency?.greatest),
      "limitP50Nanoseconds": Self.json(limitLatency?.p50),
      "limitP99Nanoseconds": Self.json(limitLatency?.p99),
      "p50Ratio": Self.json(p50Ratio),
    ]
  }

  private static func json(_ ratio: Double?) -> JSONValue {
    ratio.map { .number($0.rounded(places: 4)) } ?? .null
  }

  private static func json(_ nanoseconds: UInt64?) -> JSONValue {
    nanoseconds.map { .integer(Int64(clamping: $0)) } ?? .null
  }
}
