import JOSECore

/// What a comparison needs of a file that `--json` wrote, in this version or another one.
package struct EarlierResults: Sendable {
  /// The members of `machine` that are text or a number, as text.
  package let machine: [String: String]
  package let ratios: [Row]

  package struct Row: Sendable, Hashable {
    package let key: RowKey
    /// `nil` if it was not measured beside the limit.
    package let ratio: Double?
  }

  init(machine: [String: String], ratios: [Row]) { (self.machine, self.ratios) = (machine, ratios) }

  package init(parsing text: String) throws(FormatError) {
    let root = try JSONObject(measurements: text)
    machine = (root["machine"]?.object ?? [:]).members.reduce(into: [:]) { texts, member in
      texts[member.name] = member.value.string ?? member.value.integer.map { "\($0)" }
    }
    guard let results = root["results"]?.array else {
      throw FormatError("results", "is \(root["results"]?.typeName ?? "missing"), not an array")
    }
    var rows: [Row] = []
    for (place, value) in results.enumerated() {
      let row = try Row(value, at: "results[\(place)]")
      guard !rows.contains(where: { $0.key == row.key }) else {
        throw FormatError(
          "results[\(place)]", "is a second row \(row.key.label) on \(row.key.threads) threads")
      }
      rows.append(row)
    }
    ratios = rows
  }
}

extension EarlierResults.Row {
  fileprivate init(_ value: JSONValue, at place: String) throws(FormatError) {
    guard let object = value.object else { throw FormatError(place, "is \(value.typeName), not an object") }
    guard let name = object["name"]?.string else { throw FormatError("\(place).name", "is not a string") }
    guard let threads = object["threads"]?.integer, threads > 0 else {
      throw FormatError("\(place).threads", "is not a positive integer")
    }
    key = RowKey(name, peer: object["peer"]?.string, threads: Int(threads))
    ratio = try object.positive("ratio", at: place)
  }
}

/// Which part of a file isn't what it should be.
package struct FormatError: Error, Equatable, CustomStringConvertible {
  package let description: String

  init(_ place: String, _ problem: String) { description = "\(place) \(problem)" }

  init(_ error: JOSEError) { description = "\(error)" }
}

extension JSONObject {
  init(measurements text: String) throws(FormatError) {
    let bytes = Array(text.utf8)
    do throws(JOSEError) {
      try self.init(parsing: bytes.span, maximumLength: 4 << 20)
    } catch { throw FormatError(error) }
  }

  /// A member that is a number from 0 on; `nil` for `null` and for one that isn't there.
  func positive(_ name: String, at place: String) throws(FormatError) -> Double? {
    let number: Double
    switch self[name] {
    case nil, .null: return nil
    case .integer(let value): number = Double(value)
    case .number(let value): number = value
    case .some(let other):
      throw FormatError(place.isEmpty ? name : "\(place).\(name)", "is \(other.typeName), not a number")
    }
    guard number >= 0 else {
      throw FormatError(place.isEmpty ? name : "\(place).\(name)", "is \(number), less than 0")
    }
    return number
  }
}
