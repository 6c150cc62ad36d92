import Foundation

/// Why there is no result.
enum BenchmarkError: Error {
  /// The limit's OpenSSL operation failed.
  case bareOperation(String, reason: String?)
  /// The second limit's multi-buffer operation failed.
  case bareLanes(String)
  /// The limit signs, but not what the token carries: the two don't do the same work.
  case differentSignatures(String)
  /// A loop produced something else than the token that was verified before it.
  case unexpectedToken(length: Int, expected: Int)
  /// A minted token has no `exp`, where the part that changes begins.
  case noTail
  /// A token names a key that was never in force.
  case unknownKey(String)
  case noRotation
  /// Another JWK Set than the one that is in force.
  case unexpectedSet(length: Int, expected: Int)
  case noThreads
  /// A file isn't what it should be.
  case malformed(String, problem: String, remedy: String)
  case system(String, code: Int32)
}

extension BenchmarkError: CustomStringConvertible {
  var description: String {
    switch self {
    case .bareOperation(let meaning, let reason):
      "the bare OpenSSL operation: \(meaning)" + (reason.map { " (\($0))" } ?? "")
    case .bareLanes(let meaning): "the bare multi-buffer operation: \(meaning)"
    case .differentSignatures(let algorithm):
      "the bare \(algorithm) operation makes another signature than the token's"
    case .unexpectedToken(let length, let expected):
      "a token of \(length) bytes was minted; the one that verified has \(expected)"
    case .noTail: "the minted token has no exp claim"
    case .unknownKey(let keyID): "a token names the key \(keyID), which was never in force"
    case .noRotation: "the ring did not rotate while its tokens were measured; --seconds may be too short"
    case .unexpectedSet(let length, let expected): "a JWK Set of \(length) in place of \(expected)"
    case .noThreads: "no thread to measure on"
    case .malformed(let path, let problem, let remedy): "\(path): \(problem). \(remedy)"
    case .system(let operation, let code):
      unsafe "can't \(operation): \(String(cString: strerror(code)))"
    }
  }
}
