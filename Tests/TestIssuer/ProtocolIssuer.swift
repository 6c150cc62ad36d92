#if Client
import IDTokens
package import IssuerClient
package import JOSECore
package import SessionHost

/// An issuer with one endpoint, `POST /session-token`, whose tokens come from a source.
package struct ProtocolIssuer: Sendable {
  private let server: ScriptedServer
  private static let credential = "a-host-credential-of-the-tests"

  package init(_ source: any SessionTokenSource) async throws {
    server = try await ScriptedServer { await Self.answer($0, source) }
  }

  package var requestCount: Int { server.requests.count }

  /// A host's source of tokens from this issuer.
  package func remoteSource(clock: WallClock, timeouts: any Clock<Duration>) throws -> RemoteTokenSource {
    var options = ConnectionOptions()
    options.clock = timeouts
    // A free connection takes real time on a busy machine, whatever `timeouts` says.
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
    guard let message = try? SessionTokenMessage(JSONObject(parsing: message.body.span)),
      let sessionID = message.sessionID
    else { return .error(400, "invalid_request") }
    let request = SessionTokenRequest(
      session: message.session, user: message.user, clientID: message.clientID, sessionID: sessionID)
    do {
      guard let token = try await source.sessionToken(for: request) else { return ScriptedReply(204) }
      var body = ""
      SessionTokenMessage.writeAnswer(token) { body += $0 }
      return .json(200, body, ["Cache-Control": "no-store"])
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
#endif
