public import JOSECore
import SystemSupport

extension RotationPolicy {
  /// Reads a policy, strictly: a member that isn't known is refused, one that is left out has its default.
  ///
  /// - Parameter algorithms: what the ring signs with where the policy doesn't say.
  public init(
    _ object: JSONObject, algorithms: [Algorithm] = RotationPolicy.standard.algorithms
  ) throws(PolicyError) {
    let reader = PolicyReader(object)
    try reader.checkMembers()
    let standard = RotationPolicy.standard
    try self.init(
      algorithms: reader.algorithms() ?? algorithms,
      tokenLifetime: reader.seconds("token_lifetime") ?? standard.tokenLifetime,
      leeway: reader.seconds("leeway") ?? standard.leeway,
      maxAge: reader.seconds("max_age") ?? standard.maxAge,
      cdnTime: reader.seconds("cdn_time") ?? standard.cdnTime,
      verifierBound: reader.seconds("verifier_bound") ?? standard.verifierBound,
      clockSkew: reader.seconds("clock_skew") ?? standard.clockSkew,
      rotationPeriod: reader.seconds("rotation_period") ?? standard.rotationPeriod,
      stalenessBound: reader.seconds("staleness_bound") ?? standard.stalenessBound,
      reservation: reader.seconds("reservation") ?? standard.reservation,
      publication: reader.publication() ?? standard.publication)
  }

  /// Reads `policy.json`.
  public init(
    parsing bytes: Span<UInt8>, algorithms: [Algorithm] = RotationPolicy.standard.algorithms
  ) throws(PolicyError) {
    let object: JSONObject
    do { object = try JSONObject(parsing: bytes) } catch { throw PolicyError("\(error)") }
    try self.init(object, algorithms: algorithms)
  }

  public var json: JSONObject {
    [
      "algorithms": .array(algorithms.map { .string($0.rawValue) }),
      "token_lifetime": .string(DurationFormat.setting(tokenLifetime)),
      "leeway": .string(DurationFormat.setting(leeway)),
      "max_age": .string(DurationFormat.setting(maxAge)),
      "cdn_time": .string(DurationFormat.setting(cdnTime)),
      "verifier_bound": .string(DurationFormat.setting(verifierBound)),
      "clock_skew": .string(DurationFormat.setting(clockSkew)),
      "rotation_period": .string(DurationFormat.setting(rotationPeriod)),
      "staleness_bound": .string(DurationFormat.setting(stalenessBound)),
      "reservation": .string(DurationFormat.setting(reservation)),
      "publication": .string(publication.rawValue),
    ]
  }
}

private struct PolicyReader {
  let object: JSONObject

  init(_ object: JSONObject) { self.object = object }

  func checkMembers() throws(PolicyError) {
    let known = RotationPolicy.standard.json.members.map(\.name)
    if let other = object.members.first(where: { !known.contains($0.name) }) {
      throw PolicyError(
        "unknown member \(other.name.debugDescription); known are \(known.joined(separator: ", "))")
    }
  }

  func seconds(_ name: String) throws(PolicyError) -> Int64? {
    guard let value = object[name] else { return nil }
    guard let text = value.string, let seconds = DurationFormat.seconds(text) else {
      throw PolicyError("\(name) is \(value), not a duration such as \"60s\", \"10m\", \"24h\" or \"30d\"")
    }
    return seconds
  }

  func algorithms() throws(PolicyError) -> [Algorithm]? {
    guard let value = object["algorithms"] else { return nil }
    let names = value.array?.compactMap(\.string) ?? []
    let algorithms = names.compactMap(Algorithm.init(rawValue:))
    guard algorithms.count == value.array?.count else {
      throw PolicyError("algorithms is \(value), not a list of alg names such as [\"RS256\", \"ES256\"]")
    }
    return algorithms
  }

  func publication() throws(PolicyError) -> RotationPolicy.Publication? {
    guard let value = object["publication"] else { return nil }
    guard let name = value.string, let publication = RotationPolicy.Publication(rawValue: name) else {
      throw PolicyError("publication is \(value), not \"served\" or \"exported\"")
    }
    return publication
  }
}

/// The rotation policy of a process: the file that is named, else `policy.json` beside the ring's directory, else the
/// ring's own, else the standard one.
package enum PolicyFile {
  /// - Parameters:
  ///   - path: the file that is named.
  ///   - directory: the ring's, with or without a slash at its end.
  ///   - ring: a file without algorithms keeps those of the ring.
  ///   - algorithms: those of a new ring, if no file names any.
  package static func policy(
    _ path: String?, beside directory: String, _ ring: KeyRingState?,
    algorithms: [Algorithm] = RotationPolicy.standard.algorithms
  ) throws(PolicyFileError) -> RotationPolicy {
    let algorithms = ring?.policy.algorithms ?? algorithms
    if let path { return try read(path, algorithms: algorithms) }
    do throws(PolicyFileError) {
      return try read(Path.folder(of: directory) + "/policy.json", algorithms: algorithms)
    } catch {
      guard case .file(let file) = error.cause, file.isMissing else { throw error }
      return ring?.policy ?? .standard.with(algorithms)
    }
  }

  package static func read(
    _ path: String, algorithms: [Algorithm] = RotationPolicy.standard.algorithms
  ) throws(PolicyFileError) -> RotationPolicy {
    let bytes: [UInt8]
    do { bytes = try POSIXFileSystem().contents(of: path, limit: 64 << 10).bytes } catch {
      throw PolicyFileError(path: path, cause: .file(error))
    }
    do { return try RotationPolicy(parsing: bytes.span, algorithms: algorithms) } catch {
      throw PolicyFileError(path: path, cause: .policy(error))
    }
  }
}

/// A policy file that can't be read or is refused.
package struct PolicyFileError: Error, CustomStringConvertible {
  package let path: String
  /// `file` or `policy`.
  package let cause: KeyRingError

  package var description: String {
    if case .policy = cause { "\(path): \(cause)" } else { "\(cause)" }
  }
}
