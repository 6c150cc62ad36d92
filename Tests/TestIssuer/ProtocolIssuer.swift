#if Client
import IDTokens
package import IssuerClient
package import JOSECore
package import SessionHost

/// `POST /session-token` over a source: an issuer as hosts see it.
package struct ProtocolIssuer: Sendable {
  private let server: ScriptedServer
  private static let credential = "a-host-credential-of-the-tests"

  package init(_ source: any SessionTokenSource) async throws {
    server = try await ScriptedServer { await Self.answer($0, source) }
  }

  package var requestCount: Int { server.requests.count }

  /// What a host makes of it.
  package func remoteSource(clock: WallClock, timeouts: any Clock<Duration>) throws -> RemoteTokenSource {
    var options = ConnectionOptions()
    options.clock = timeouts
    // Waiting for one of the client's connections takes real time on a busy machine, whatever `timeouts` says.
    options.timeout = .seconds(120)
    return try RemoteTokenSource(
      issuer: EndpointURL(server.url), credential: BearerCredential(Self.credential), options: options,
      clock: clock)
  }

  private static func answer(_ message: ScriptedRequest, _ source: any SessionTokenSource) async
    -> ScriptedReply
  {
    guard message.method == "POST", message.path == "/session-token" else {
      return .error(404, "invalid_request")
    }
    guard message.headers["authorization"] == "Bearer \(credential)" else {
      return .error(401, "invalid_client")
    }
    guard let request = try? SessionTokenRequest(message.body) else {
      return .error(400, "invalid_request")
    }
    do {
      guard let token = try await source.sessionToken(for: request) else { return ScriptedReply(204) }
      let body: JSONObject = [
        "token": .string(token.text), "expiresAt": .integer(token.expiresAt.secondsSinceEpoch),
      ]
      return .json(200, body.description, ["Cache-Control": "no-store"])
    } catch is SessionError {
      return .error(403, "access_denied")
    } catch { return .error(500, "server_error") }
  }
}

extension ScriptedReply {
  fileprivate static func error(_ status: Int, _ error: String) -> ScriptedReply {
    .json(status, "{\"error\": \"\(error)\", \"error_description\": \"as the test says\"}")
  }
}

extension SessionTokenRequest {
  private struct Missing: Error {
    let member: String
  }

  fileprivate init(_ body: [UInt8]) throws {
    let object = try JSONObject(parsing: body.span)
    func text(_ member: String) throws -> String {
      guard let text = object[member]?.string else { throw Missing(member: member) }
      return text
    }
    func number(_ member: String) throws -> UInt64 {
      guard let number = object[member]?.integer.flatMap({ UInt64(exactly: $0) }) else {
        throw Missing(member: member)
      }
      return number
    }
    let user = UserID(try number("userId"))
    let session = Session(
      shopId: try number("shopId"), shopDomain: try ShopDomain(text("shop")), userId: user,
      locationId: try number("locationId"), staffMemberId: try? number("staffMemberId"),
      currency: try text("currency"), posVersion: try text("posVersion"))
    self.init(
      session: session, user: user, clientID: try ClientID(text("clientId")),
      sessionID: try SessionID(text("sessionId")))
  }
}
#endif
