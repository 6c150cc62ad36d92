import JOSECore

/// A row as it was measured.
package struct RowResult: Sendable {
  package let key: RowKey
  package let rates: Comparison
  /// `nil` where single tokens weren't timed.
  package let latency: Latency?
  /// The limit's, in turns with the tokens'; `nil` where it wasn't timed.
  package let limitLatency: Latency?
  /// p50 ÷ the limit's p50.
  package let p50Ratio: Double?
  /// `nil` where it wasn't counted.
  package let allocationsPerToken: Double?
  /// What people should know of it; not written to files.
  package let note: String?

  package init(
    _ key: RowKey, _ rates: Comparison, _ latencies: LatencyComparison = LatencyComparison(),
    allocationsPerToken: Double? = nil, note: String? = nil
  ) {
    (self.key, self.rates, self.note) = (key, rates, note)
    (latency, limitLatency, p50Ratio) = (latencies.latency, latencies.otherLatency, latencies.p50Ratio)
    self.allocationsPerToken = allocationsPerToken
  }

  package var name: String { key.name }
}

/// What makes rows of two files the same row.
package struct RowKey: Sendable, Hashable {
  package let name: String
  /// Whose tokens these are: `nil` for ours, else the name of another library.
  package let peer: String?
  package let threads: Int

  package init(_ name: String, peer: String? = nil, threads: Int = 1) {
    (self.name, self.peer, self.threads) = (name, peer, threads)
  }

  /// The name, with whose tokens these are.
  package var label: String { peer.map { "\(name) \($0)" } ?? name }
}

/// Where the numbers come from: they say nothing without it.
package struct Machine: Sendable {
  package let cpu: String?
  package let cores: Int
  package let operatingSystem: String
  package let openSSL: String
  /// What signs eight tokens at a time, or why nothing does.
  package let multiBuffer: String
  package let swift: String?

  package init(
    cpu: String?, cores: Int, operatingSystem: String, openSSL: String, multiBuffer: String, swift: String?
  ) {
    (self.cpu, self.cores, self.operatingSystem) = (cpu, cores, operatingSystem)
    (self.openSSL, self.multiBuffer, self.swift) = (openSSL, multiBuffer, swift)
  }

  package var text: String { JSONValue.object(json).text() }
}

/// The results for programs. The shape is kept stable: other tools compare files of different versions. Hence the old word
/// for multi-buffer signing, `lanes`.
package enum Report {
  package static func json(_ results: [RowResult], on machine: Machine) -> String {
    let report: JSONObject = [
      "machine": .object(machine.json), "results": .array(results.map { .object($0.json) }),
    ]
    return JSONValue.object(report).text(indentation: 2) + "\n"
  }
}

extension Machine {
  fileprivate var json: JSONObject {
    [
      "cpu": cpu.map { .string($0) } ?? .null,
      "cores": .integer(Int64(cores)),
      "os": .string(operatingSystem),
      "openssl": .string(openSSL),
      "lanes": .string(multiBuffer),
      "swift": swift.map { .string($0) } ?? .null,
    ]
  }
}

extension RowResult {
  fileprivate var json: JSONObject {
    [
      "name": .string(name),
      "peer": key.peer.map { .string($0) } ?? .null,
      "threads": .integer(Int64(key.threads)),
      "tokensPerSecond": Self.json(rates.tokensPerSecond, places: 0),
      "limitPerSecond": Self.json(rates.limitPerSecond, places: 0),
      "ratio": Self.json(rates.ratio),
      "ratioSpread": .array([
        Self.json(rates.ratioSpread.lowerBound), Self.json(rates.ratioSpread.upperBound),
      ]),
      "lanesPerSecond": Self.json(rates.multiBufferPerSecond, places: 0),
      "lanesRatio": Self.json(rates.multiBufferRatio),
      "batchRatio": Self.json(rates.batchRatio),
      "allocationsPerToken": Self.json(allocationsPerToken, places: 2),
      "p50Nanoseconds": Self.json(latency?.p50),
      "p99Nanoseconds": Self.json(latency?.p99),
      "p999Nanoseconds": Self.json(latency?.p999),
      "maxNanoseconds": Self.json(latency?.greatest),
      "limitP50Nanoseconds": Self.json(limitLatency?.p50),
      "limitP99Nanoseconds": Self.json(limitLatency?.p99),
      "p50Ratio": Self.json(p50Ratio),
    ]
  }

  /// A whole number for no places.
  private static func json(_ number: Double?, places: Int = 4) -> JSONValue {
    guard let number else { return .null }
    return places == 0 ? .integer(Int64(number.rounded())) : .number(number.rounded(places: places))
  }

  private static func json(_ nanoseconds: UInt64?) -> JSONValue {
    nanoseconds.map { .integer(Int64(clamping: $0)) } ?? .null
  }
}
