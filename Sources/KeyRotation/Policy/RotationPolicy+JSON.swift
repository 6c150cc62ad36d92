public import JOSECore
import SystemSupport

extension RotationPolicy {
  /// Reads a policy, strictly: a member that isn't known is refused, one that is left out has its default.
  ///
  /// - Parameters:
  ///   - object: the members of `policy.json`.
  ///   - algorithms: what the ring signs with where the policy doesn't say.
  public init(
    _ object: JSONObject, algorithms: [Algorithm] = RotationPolicy.standard.algorithms
  ) throws(KeyRingError) {
    let standard = RotationPolicy.standard
    do throws(ObjectError) {
      let reader = try ObjectReader(object, members: standard.json.names)
      func seconds(_ name: String, _ standard: Int64) throws(ObjectError) -> Int64 {
        guard let value = object[name] else { return standard }
        guard let seconds = value.string.flatMap(DurationFormat.seconds) else {
          throw reader.error(name, "is \(value), not a duration such as \"60s\", \"10m\", \"24h\" or \"30d\"")
        }
        return seconds
      }
      self = standard
      self.algorithms = try reader.algorithms() ?? algorithms
      tokenLifetime = try seconds("token_lifetime", standard.tokenLifetime)
      leeway = try seconds("leeway", standard.leeway)
      maxAge = try seconds("max_age", standard.maxAge)
      cdnTime = try seconds("cdn_time", standard.cdnTime)
      verifierBound = try seconds("verifier_bound", standard.verifierBound)
      clockSkew = try seconds("clock_skew", standard.clockSkew)
      rotationPeriod = try seconds("rotation_period", standard.rotationPeriod)
      stalenessBound = try seconds("staleness_bound", standard.stalenessBound)
      reservation = try seconds("reservation", standard.reservation)
      publication = try reader.publication() ?? standard.publication
    } catch { throw .policy("\(error)") }
    try check()
  }

  /// Reads `policy.json`.
  public init(
    parsing bytes: Span<UInt8>, algorithms: [Algorithm] = RotationPolicy.standard.algorithms
  ) throws(KeyRingError) {
    let object: JSONObject
    do { object = try JSONObject(parsing: bytes) } catch { throw .policy("\(error)") }
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

extension ObjectReader {
  fileprivate func algorithms() throws(ObjectError) -> [Algorithm]? {
    guard let value = object["algorithms"] else { return nil }
    let algorithms = value.array?.compactMap { $0.string.flatMap(Algorithm.init(rawValue:)) } ?? []
    guard algorithms.count == value.array?.count else {
      throw error("algorithms", "is \(value), not a list of alg names such as [\"RS256\", \"ES256\"]")
    }
    return algorithms
  }

  fileprivate func publication() throws(ObjectError) -> RotationPolicy.Publication? {
    guard let value = object["publication"] else { return nil }
    guard let publication = value.string.flatMap(RotationPolicy.Publication.init(rawValue:)) else {
      throw error("publication", "is \(value), not \"served\" or \"exported\"")
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
      guard (error.cause.details.cause as? FileError)?.isMissing == true else { throw error }
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
      throw PolicyFileError(path: path, cause: error)
    }
  }
}

/// A policy file that can't be read or is refused.
package struct PolicyFileError: Error, CustomStringConvertible {
  package let path: String
  /// `file` or `policy`.
  package let cause: KeyRingError

  package var description: String {
    cause.code == "invalid_policy" ? "\(path): \(cause)" : cause.description
  }
}
