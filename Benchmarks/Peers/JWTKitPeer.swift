#if Peers
import Foundation
import JOSECore
import JWTKit

/// jwt-kit as its users call it: a key collection (an actor), a `Codable` payload, a `String`.
struct JWTKitPeer: TokenWorkload {
  let keys: JWTKeyCollection
  private let subject: PeerSubject
  private let header: JWTHeader
  private let constant: JWTKitClaims
  private var newest = ""

  init(_ subject: PeerSubject) throws {
    let keys = JWTKeyCollection()
    let key = subject.key
    switch subject.algorithm {
    case .hs256: try Waiting.run { await keys.add(hmac: HMACKey(from: key), digestAlgorithm: .sha256) }
    case .es256: try Waiting.run { await keys.add(ecdsa: try ES256PrivateKey(pem: key)) }
    case .edDSA: try Waiting.run { await keys.add(eddsa: try EdDSA.PrivateKey(pem: key)) }
    default:
      try Waiting.run {
        await keys.add(rsa: try Insecure.RSA.PrivateKey(pem: key), digestAlgorithm: .sha256)
      }
    }
    var header = JWTHeader()
    // Setting nil would write "kid":null.
    if let keyID = subject.keyID { header.kid = keyID }
    (self.keys, self.subject, self.header) = (keys, subject, header)
    constant = try JWTKitClaims(subject)
    try mint()
  }

  mutating func mint() throws { newest = try tokens(1, length: nil) }

  mutating func run(_ count: Int) throws { newest = try tokens(count, length: newest.utf8.count) }

  func newestToken() -> String { newest }

  /// One task and one wait for many tokens, so that neither counts.
  private func tokens(_ count: Int, length: Int?) throws -> String {
    let (keys, constant, header, lifetime) = (keys, constant, header, Double(subject.lifetime))
    return try Waiting.run {
      var (claims, newest) = (constant, "")
      for _ in 0..<count {
        let now = Date(timeIntervalSince1970: Date.now.timeIntervalSince1970.rounded(.down))
        (claims.iat.value, claims.nbf.value) = (now, now)
        claims.exp.value = now.addingTimeInterval(lifetime)
        claims.jti = IDClaim(value: UUID().uuidString)
        // The key's identifier is found in the header, and the only key is the default one.
        newest = try await keys.sign(claims, header: header)
        if let length, newest.utf8.count != length {
          throw BenchmarkError.unexpectedToken(length: newest.utf8.count, expected: length)
        }
      }
      return newest
    }
  }
}

struct JWTKitClaims: JWTPayload {
  var iss: IssuerClaim
  var dest: String
  var aud: AudienceClaim
  var sub: SubjectClaim
  var sid: String
  var exp: ExpirationClaim
  var nbf: NotBeforeClaim
  var iat: IssuedAtClaim
  var jti: IDClaim

  init(_ subject: PeerSubject) throws {
    func text(_ name: String) -> String { subject.claims[name]?.string ?? "" }
    (iss, dest, aud) = (.init(value: text("iss")), text("dest"), .init(value: text("aud")))
    (sub, sid, jti) = (.init(value: text("sub")), text("sid"), .init(value: ""))
    (exp, nbf, iat) = (.init(value: .now), .init(value: .now), .init(value: .now))
  }

  func verify(using algorithm: some JWTAlgorithm) async throws {
    try exp.verifyNotExpired()
    try nbf.verifyNotBefore()
  }
}
#endif
