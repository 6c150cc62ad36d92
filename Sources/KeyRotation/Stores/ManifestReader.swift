import JOSECore

struct ManifestError: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

/// Reads members of the manifest, each with an error that names it.
struct ManifestReader {
  private let source: JSONObject

  init(_ source: JSONObject) { self.source = source }

  func check(members known: [String]) throws(ManifestError) {
    if let other = source.members.first(where: { !known.contains($0.name) }) {
      throw ManifestError("unknown member \(other.name.debugDescription)")
    }
  }

  func integer(_ name: String) throws(ManifestError) -> Int64 {
    guard let value = source[name]?.integer else { throw ManifestError("\(name) is missing or no integer") }
    return value
  }

  func string(_ name: String) throws(ManifestError) -> String {
    guard let value = source[name]?.string else { throw ManifestError("\(name) is missing or no string") }
    return value
  }

  func object(_ name: String) throws(ManifestError) -> JSONObject {
    guard let value = source[name]?.object else { throw ManifestError("\(name) is missing or no object") }
    return value
  }

  func array(_ name: String) throws(ManifestError) -> [JSONValue] {
    guard let value = source[name]?.array else { throw ManifestError("\(name) is missing or no array") }
    return value
  }

  func optionalString(_ name: String) throws(ManifestError) -> String? {
    source[name] == nil ? nil : try string(name)
  }

  func optionalDate(_ name: String) throws(ManifestError) -> NumericDate? {
    source[name] == nil ? nil : NumericDate(try integer(name))
  }
}
