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
    do {
      var state = object
      state["audit"] = nil
      ring = try KeyRingState(manifest: state)
      latest = try object["audit"].map { (value) throws(ManifestError) in
        guard let entry = value.object else { throw ManifestError("audit is no object") }
        return try AuditEntry(entry)
      }
    } catch { throw .manifest(path: path, reason: error.reason) }
  }
}
