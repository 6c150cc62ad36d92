import JOSECore

/// Where the numbers come from: they say nothing without it.
package struct Machine: Sendable {
  package let cpu: String?
  package let cores: Int
  package let operatingSystem: String
  package let openSSL: String
  /// What signs eight tokens at a time, or why nothing does.
  package let lanes: String
  package let swift: String?

  package init(
    cpu: String?, cores: Int, operatingSystem: String, openSSL: String, lanes: String, swift: String?
  ) {
    (self.cpu, self.cores, self.operatingSystem) = (cpu, cores, operatingSystem)
    (self.openSSL, self.lanes, self.swift) = (openSSL, lanes, swift)
  }

  package var text: String { JSONValue.object(json).text() }

  var json: JSONObject {
    [
      "cpu": cpu.map { .string($0) } ?? .null,
      "cores": .integer(Int64(cores)),
      "os": .string(operatingSystem),
      "openssl": .string(openSSL),
      "lanes": .string(lanes),
      "swift": swift.map { .string($0) } ?? .null,
    ]
  }
}
