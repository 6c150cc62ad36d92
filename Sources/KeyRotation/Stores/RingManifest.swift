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
    do throws(ObjectError) {
      let reader = try ObjectReader(
        parsing: bytes, maximumLength: 1 << 20, members: KeyRingState.members + ["audit"])
      ring = try KeyRingState(reader)
      latest = try reader.optionalObject("audit", members: AuditEntry.members).map(AuditEntry.init)
      if let latest, latest.epoch > ring.epoch {
        throw reader.error("audit", "is at epoch \(latest.epoch), after the ring's own, \(ring.epoch)")
      }
    } catch { throw .manifest(path: path, reason: "\(error)") }
  }
}

extension ObjectReader {
  func date(_ name: String) throws(ObjectError) -> NumericDate { NumericDate(try integer(name)) }

  func optionalDate(_ name: String) throws(ObjectError) -> NumericDate? {
    try optionalInteger(name).map(NumericDate.init)
  }
}
