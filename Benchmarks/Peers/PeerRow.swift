import BenchmarkResults
import JOSECore

/// A row of another library, named like ours; minting makes a string there.
struct PeerRow {
  let peer: Peer
  let algorithm: Algorithm
  var isVerification = false

  static let all =
    Peer.algorithms.flatMap { algorithm in
      Peer.allCases.filter { $0.knows(algorithm) }.map { PeerRow(peer: $0, algorithm: algorithm) }
    }
    + Peer.allCases.filter { $0 == .jwtKit }.map {
      PeerRow(peer: $0, algorithm: .hs256, isVerification: true)
    }

  var name: String { isVerification ? "verify/\(algorithm)" : "mint/\(algorithm)/string" }

  /// In the same turns with the limit as our rows. A token of the peer is verified as ours are before and after.
  func measure(for duration: Duration) throws -> RowResult {
    #if Peers
    let subject = try Subject(algorithm)
    let common = try PeerSubject(subject)
    if isVerification { return try measureVerification(subject, common, for: duration) }
    switch peer {
    case .jwtKit: return try measure(JWTKitPeer(common), subject, common, for: duration)
    case .cjose: return try measure(LibraryPeer(.cjose, common), subject, common, for: duration)
    case .libjwt: return try measure(LibraryPeer(.libjwt, common), subject, common, for: duration)
    }
    #else
    throw PeerError.notInstalled("the trait Peers is off")
    #endif
  }

  private func measure(
    _ minting: consuming some TokenWorkload & ~Copyable, _ subject: Subject, _ common: PeerSubject,
    for duration: Duration
  ) throws -> RowResult {
    func check(_ token: String) throws {
      try subject.verify(token)
      try PeerSubject.check(token, like: common.json)
    }
    try check(minting.newestToken())
    let limit = try BareOperation.signing(subject, like: StringMinting(subject).newestToken())
    let boxed = Boxed(minting)
    return try measure(
      Runs(
        row: AnyWorkload(boxed), limit: AnyWorkload(limit), check: { try check(boxed.workload.newestToken()) }
      ),
      for: duration)
  }

  /// Single calls of a peer aren't timed: each would count a task and a wait that its users don't have.
  func measure(_ runs: Runs, for duration: Duration) throws -> RowResult {
    let comparison = try Measurement.compare(runs, for: duration)
    try runs.check()
    return RowResult(
      RowKey(name, peer: peer.rawValue), comparison, allocationsPerToken: try runs.allocationsPerToken())
  }
}

/// A library that the program itself can call; others are measured by the script `Peers/run`.
enum Peer: String, CaseIterable {
  case jwtKit = "jwt-kit"
  case cjose, libjwt

  /// cjose 0.6 and libjwt 1 have no EdDSA.
  func knows(_ algorithm: Algorithm) -> Bool { self == .jwtKit || algorithm != .edDSA }

  /// What all of them know, but for EdDSA.
  static let algorithms: [Algorithm] = [.hs256, .rs256, .es256, .edDSA]

  /// None without the trait.
  static var allCases: [Peer] {
    #if Peers
    [.jwtKit, .cjose, .libjwt]
    #else
    []
    #endif
  }
}
