import JSON

/// The results for programs. The shape is kept stable: other tools compare files of different versions.
enum Report {
  static func json(_ results: [RowResult], on machine: Machine) -> String {
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
    ]
  }
}

extension Machine {
  var json: JSONObject {
    [
      "cpu": cpu.map { .string($0) } ?? .null,
      "cores": .integer(Int64(cores)),
      "os": .string(operatingSystem),
      "openssl": .string(openSSL),
      "swift": swift.map { .string($0) } ?? .null,
    ]
  }
}

extension Double {
  fileprivate func rounded(places: Int) -> Double {
    let scale = (0..<places).reduce(1.0) { product, _ in product * 10 }
    return (self * scale).rounded() / scale
  }
}
