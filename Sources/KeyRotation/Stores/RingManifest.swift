import JOSECore

/// The ring's state as JSON: policy, public keys and dates, nothing secret; and the latest entry of the audit log.
struct RingManifest {
  let ring: KeyRingState
  let latest: AuditEntry?

  init(ring: KeyRingState, latest: AuditEntry?) { (self.ring, self.latest) = (ring, latest) }

  var bytes: [UInt8] {
    var manifest = ring.json
    manifest["audit"] = latest.map { .object($0.json) }
    return Array((JSONValue.object(manifest).text(indentation: 2) + "\n").utf8)
  }

  /// Reads a manifest; whatever it doesn't expect is an error, since a ring that is half understood must not sign.
  init(_ bytes: Span<UInt8>, path: String) throws(KeyRingError) {
    let object: JSONObject
    do { object = try JSONObject(parsing: bytes, limits: JSONLimits(bytes: 1 << 20)) } catch {
      throw .manifest(path: path, reason: "\(error)")
    }
    do throws(ManifestError) {
      var state = object
      state["audit"] = nil
      ring = try KeyRingState(manifest: state)
      latest = try object["audit"].map { (value) throws(ManifestError) in
        guard let entry = value.object else { throw ManifestError("audit is no object") }
        return try AuditEntry(entry)
      }
      if let latest, latest.epoch > ring.epoch {
        throw ManifestError("audit is at epoch \(latest.epoch), after the ring's own, \(ring.epoch)")
      }
    } catch { throw .manifest(path: path, reason: error.reason) }
  }
}

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
