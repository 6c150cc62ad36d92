import ArgumentParser
import BenchmarkResults
import Foundation
import IDTokens
import JOSECore

/// For the script `Peers/run`: keys and claims for libraries in other processes.
struct PeerSubjects: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes new keys and what tokens carry, for the script Peers/run.")

  @Argument(help: "An empty directory that nobody else can read: private keys get into it.")
  var directory: String

  func run() throws {
    try ResultFile("\(directory)/machine").write(Machine.current().text)
    for algorithm in Peer.algorithms {
      let subject = try Subject(algorithm)
      let peer = try PeerSubject(subject)
      try ResultFile("\(directory)/\(algorithm).json").write(peer.text)
      try ResultFile("\(directory)/\(algorithm).jwks").write(subject.jwks)
    }
  }
}

/// Verifies the tokens that those made, as a backend would, and checks that they carry what ours do.
struct PeerCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Verifies tokens of other libraries, for the script Peers/run.")

  @Argument(help: "The directory that peer-subjects filled.")
  var directory: String

  @Argument(help: "The algorithm.")
  var algorithm: String

  /// The token comes on standard input.
  func run() throws {
    let (text, jwks) = (try bytes("json"), try bytes("jwks"))
    let subject = try JSONObject(parsing: text.span)
    let claims = subject["claims"]?.object ?? [:]
    let keys =
      algorithm == Algorithm.hs256.rawValue
      ? VerificationKeys(secrets: [try ClientSecret(subject["key"]?.string ?? "")])
      : VerificationKeys(try JWKSet(parsing: jwks.span))
    let verifier = TokenVerifier(
      keys, audience: ExpectedAudience(claims["aud"]?.string ?? ""),
      issuer: ExpectedIssuer(claims["iss"]?.string ?? ""))
    let token = (readLine() ?? "").trimmingCharacters(in: .whitespaces)
    _ = try verifier.verify(token, at: WallClock.system.now)
    try PeerSubject.check(token, like: subject)
  }

  private func bytes(_ suffix: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: "\(directory)/\(algorithm).\(suffix)")))
  }
}
