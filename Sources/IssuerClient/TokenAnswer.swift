#if Client
import IDTokens
import JOSECore
import SessionHost

extension Answer {
  /// The token of a 200 to `request`, or `nil` of a 204.
  func sessionToken(
    for request: SessionTokenRequest, at now: NumericDate, clockSkew: Int64
  ) throws(IssuerClientError) -> IDToken? {
    switch status {
    case 200: break
    case 204: return nil
    default: throw .refused(refusal)
    }
    let token = try self.token
    try check(token, for: request)
    guard token.expiresAt.advanced(by: clockSkew) > now else {
      throw .tokenExpired(at: token.expiresAt, now: now)
    }
    return token
  }

  private var token: IDToken {
    get throws(IssuerClientError) {
      guard mediaType == "application/json" else { throw .malformedAnswer(reason: "it is not JSON") }
      let object: JSONObject
      do { object = try JSONObject(parsing: body.span) } catch {
        throw .malformedAnswer(reason: error.withoutInput)
      }
      do { return try SessionTokenMessage.token(ofAnswer: object) } catch {
        throw .malformedAnswer(reason: error.description)
      }
    }
  }

  /// The host can't check a signature. That the token is the one that was asked for it can: a cache between the two
  /// that ignores `no-store` would hand out another user's.
  private func check(_ token: IDToken, for request: SessionTokenRequest) throws(IssuerClientError) {
    let claims: JSONObject
    do throws(JWSError) { claims = try CompactJWS(parsing: token.text).claims() } catch {
      throw .malformedAnswer(reason: "token is no JWS in compact serialization with JSON claims")
    }
    guard claims["exp"]?.integer == token.expiresAt.secondsSinceEpoch else {
      throw .malformedAnswer(reason: "expiresAt is not the token's exp")
    }
    guard claims["sub"]?.string == String(request.user.number) else {
      throw .malformedAnswer(reason: "the token is about another user")
    }
    guard claims["aud"]?.string == request.clientID.text else {
      throw .malformedAnswer(reason: "the token is for another app")
    }
    // Shops number their users each for itself, and a session ID is one session's alone.
    guard claims["dest"]?.string == request.session.shopDomain.origin else {
      throw .malformedAnswer(reason: "the token is for another shop")
    }
    guard claims["sid"]?.string == request.sessionID.text else {
      throw .malformedAnswer(reason: "the token is of another session")
    }
  }
}

extension JSONError {
  /// jansson's reasons quote what they stumbled over, which may be a part of a token.
  fileprivate var withoutInput: String {
    if case .malformed(_, let position) = self { "malformed JSON at byte \(position)" } else { description }
  }
}
#endif
