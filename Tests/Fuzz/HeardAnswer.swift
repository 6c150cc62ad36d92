import Foundation
import IDTokens
import JOSECore
import NIOHTTP1

@testable import IDTokenServer

/// An answer as a strict client reads it (RFC 9112).
struct HeardAnswer {
  let status: Int
  let fields: [(name: String, value: String)]
  let body: [UInt8]

  subscript(name: String) -> String? {
    let values = fields.filter { $0.name == name }
    require(values.count <= 1, "\(name) occurs once")
    return values.first?.value
  }

  var closes: Bool { self["connection"] == "close" }
  var isOfNoRequest: Bool { self["x-request-id"] == "-" }

  /// - Parameter isCut: whether the last one may be incomplete.
  static func parse(_ bytes: [UInt8], _ requests: [Request], isCut: Bool) throws -> [HeardAnswer] {
    var (rest, answers, hasContinued) = (bytes[...], [HeardAnswer](), false)
    while !rest.isEmpty {
      guard let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) else {
        require(isCut, "an answer's head has an end")
        break
      }
      let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
      rest = rest[end.upperBound...]
      let request = requests.indices.contains(answers.count) ? requests[answers.count] : nil
      let words = lines[0].split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
      guard words.count == 3, words[0] == "HTTP/1.1", words[1].utf8.count == 3, let status = Int(words[1])
      else { fatalError("broken: \(lines[0].debugDescription) is no status line") }
      if status == 100 {
        require(request?.head.expectsContinue == true && !hasContinued, "100 Continue was asked for, once")
        require(lines.count == 1, "100 Continue has no fields")
        hasContinued = true
        continue
      }
      let fields = lines.dropFirst().map(field)
      let head = HeardAnswer(status: status, fields: fields, body: [])
      let length = head.length(request)
      guard rest.count >= length else {
        require(isCut, "a body is as long as its length says")
        break
      }
      answers.append(HeardAnswer(status: status, fields: fields, body: Array(rest.prefix(length))))
      rest = rest.dropFirst(length)
      hasContinued = false
    }
    return answers
  }

  private static func field(_ line: String) -> (String, String) {
    guard let colon = line.firstRange(of: ": ") else {
      fatalError("broken: \(line.debugDescription) is no field")
    }
    let (name, value) = (String(line[..<colon.lowerBound]), String(line[colon.upperBound...]))
    require(
      !name.isEmpty
        && name.utf8.allSatisfy { (0x61...0x7a).contains($0) || $0 == 0x2d || (0x30...0x39).contains($0) },
      "\(name.debugDescription) is a name in lower case")
    require(value.utf8.allSatisfy { (0x20...0x7e).contains($0) }, "\(value.debugDescription) is a value")
    return (name, value)
  }

  /// How many bytes of a body follow (RFC 9112 §6.3).
  private func length(_ request: Request?) -> Int {
    require(self["date"] != nil && self["x-request-id"] != nil, "an answer has a date and an ID")
    require(self["transfer-encoding"] == nil, "an answer has a length")
    guard status != 204, status != 304 else {
      require(self["content-length"] == nil, "\(status) has no length")
      return 0
    }
    guard let length = self["content-length"].flatMap({ Int($0) }), length >= 0 else {
      fatalError("broken: \(status) has no length")
    }
    return request?.head.method == .HEAD ? 0 : length
  }
}

// MARK: - What may be answered

extension HeardAnswer {
  func json() -> JSONObject {
    do { return try JSONObject(parsing: body.span) } catch {
      fatalError("broken: \(status) has a body that is no JSON: \(error)")
    }
  }

  func check(_ request: Request) {
    let (head, path) = (request.head, request.head.uri.prefix { $0 != "?" })
    if status >= 400, head.method != .HEAD {
      let error = json()
      require(error["error"]?.string != nil, "a refusal has a code")
      require(error["error_description"]?.string?.isEmpty == false, "a refusal says why")
    }
    let credential = head.headers.first(name: "authorization").map { String($0.dropFirst(7)) }
    let isHost = credential == Issuer.credential || credential == Issuer.otherCredential
    switch status {
    case 200 where path.hasSuffix("/metrics"), 200 where path.hasSuffix("/") || path.isEmpty:
      require(credential != nil, "the operator's documents need a credential")
    case 200 where path.hasSuffix("/session-token"), 204:
      require(isHost && head.method == .POST, "a host is answered")
      if status == 200 { checkToken(json(), of: request.body, credential) }
    case 200 where path.hasSuffix("/session-tokens"):
      require(isHost && head.method == .POST, "a host is answered")
      checkTokens(request.body, credential)
    case 200, 304:
      require(head.method == .GET || head.method == .HEAD, "a document is read")
      require(!String(decoding: body, as: UTF8.self).contains("\"token\":\"ey"), "a document has no token")
    default: require(status >= 400, "\(status) is known")
    }
  }

  private func checkTokens(_ body: [UInt8], _ credential: String?) {
    guard let requests = (try? JSONObject(parsing: body.span))?["requests"]?.array,
      let tokens = json()["tokens"]?.array, tokens.count == requests.count
    else { fatalError("broken: a batch has an answer for each request") }
    for (request, token) in zip(requests, tokens) where token != .null {
      guard let token = token.object else { fatalError("broken: an answer in a batch is an object") }
      if let code = token["error"]?.string {
        require(code != "server_error" && code != "temporarily_unavailable", "no input makes the issuer fail")
      } else {
        checkToken(token, of: Array(request.description.utf8), credential)
      }
    }
  }

  /// A token verifies, and says what its request says.
  private func checkToken(_ answer: JSONObject, of body: [UInt8], _ credential: String?) {
    require(body.count <= Issuer.bodyLimit * 6, "a body has a limit")
    do {
      let request = try JSONObject(parsing: body.span)
      guard let text = answer["token"]?.string, let app = request["clientId"]?.string,
        let shop = request["shop"]?.string?.lowercased(), let user = request["userId"]
      else { fatalError("broken: a token for an incomplete request") }
      let isShopify = app == "loyalty-app"
      require(credential == Issuer.credential || isShopify, "a host gets tokens of its apps")
      let verifier = TokenVerifier(
        isShopify ? .secret(Issuer.shared.secret) : try Self.keys.get(), audience: ExpectedAudience(app),
        issuer: ExpectedIssuer(isShopify ? "https://\(shop)/admin" : Issuer.url))
      let claims = try verifier.verify(text, at: Issuer.now)
      require(claims.destination == "https://\(shop)", "the shop is the request's")
      require(Double(claims.subject) == user.double, "the user is the request's")
      require(
        isShopify || claims.subject == "42" || claims.subject == "9223372036854775807",
        "the user has the permission")
      let session = request["sessionId"]?.string
      require(session == nil || claims.sessionID == session, "the session is the request's")
      require(claims.sessionID?.isEmpty == false, "there is a session")
      require(answer["expiresAt"]?.integer == claims.expiresAt.secondsSinceEpoch, "the end is the token's")
      require(claims.issuedAt == Issuer.now, "a token is new")
    } catch { fatalError("broken: a token that is refused: \(error)") }
  }

  /// As backends get them.
  private static let keys = Result {
    let connection = try Connection(Issuer.shared)
    connection.send(Array("GET /.well-known/jwks.json HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
    let set = try connection.finish()[0].answer.body
    return VerificationKeys.jwkSet(try JWKSet(parsing: set.span))
  }
}

extension JSONValue {
  fileprivate var double: Double? {
    if case .number(let number) = self { return number }
    return integer.map { Double($0) }
  }
}
