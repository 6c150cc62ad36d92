import IDTokens
import JOSECore

/// What another library needs to mint the same tokens: the constant claims, the key and the name of both.
struct PeerSubject {
  let algorithm: Algorithm
  let claims: JSONObject
  let json: JSONObject

  init(_ subject: Subject) throws {
    algorithm = subject.algorithm
    let token = try CompactJWS(parsing: StringMinting(subject).newestToken())
    let all = try JSONObject(parsing: token.payload.span)
    claims = all.without(Self.changing)
    json = [
      "algorithm": .string(algorithm.rawValue),
      "keyID": token.header.keyID.map { .string($0) } ?? .null,
      "lifetime": .integer((all["exp"]?.integer ?? 0) - (all["iat"]?.integer ?? 0)),
      "claims": .object(claims),
      "key": .string(
        subject.keyMaterial.withBytes { key in String(decoding: key.indices.map { key[$0] }, as: UTF8.self) }),
    ]
  }

  var keyID: String? { json["keyID"]?.string }
  var lifetime: Int64 { json["lifetime"]?.integer ?? 0 }
  var key: String { json["key"]?.string ?? "" }
  var text: String { JSONValue.object(json).text() }

  static let changing = ["exp", "nbf", "iat", "jti"]

  /// Fails unless the token carries what ours do: else the two don't do the same work. Whether it verifies is told by
  /// the subject.
  static func check(_ token: String, like subject: JSONObject) throws {
    let token = try CompactJWS(parsing: token)
    let all = try JSONObject(parsing: token.payload.span)
    let (claims, expected) = (all.without(changing), subject["claims"]?.object ?? [:])
    let times = ["exp", "nbf", "iat"].compactMap { all[$0]?.integer }
    guard claims.members.count == expected.members.count,
      expected.members.allSatisfy({ claims[$0.name] == $0.value }),
      token.header.keyID == subject["keyID"]?.string, token.header.type == "JWT",
      times.count == 3, times[1] == times[2], times[0] - times[2] == subject["lifetime"]?.integer,
      all["jti"]?.string?.utf8.count == 36
    else { throw PeerError.otherClaims(all.members.map(\.name).joined(separator: ", ")) }
  }
}

/// Why a peer isn't measured.
enum PeerError: Error, CustomStringConvertible {
  case notInstalled(String)
  case failed(String)
  case otherClaims(String)

  var description: String {
    switch self {
    case .notInstalled(let package): "not installed (\(package))"
    case .failed(let meaning): meaning
    case .otherClaims(let names): "its token doesn't carry what ours does; it has \(names)"
    }
  }
}

extension JSONObject {
  fileprivate func without(_ names: [String]) -> JSONObject {
    names.reduce(into: self) { object, name in object[name] = nil }
  }
}
