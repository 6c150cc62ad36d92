#if Client
import AsyncHTTPClient
public import IDTokens
public import JOSECore
import NIOCore
import NIOHTTP1
public import SessionHost

/// Tokens from a remote issuer (`POST /session-token`), for a host that holds no keys.
///
/// Every call asks the issuer; no token is cached. A failed connection is retried once, an answer never. The answer is
/// bounded in size, parsed strictly, and refused unless it is for the user, app, shop and session of the request.
public final class RemoteTokenSource: SessionTokenSource {
  private let url: EndpointURL
  private let credential: BearerCredential?
  private let transport: HTTPTransport
  private let clock: WallClock
  private let clockSkew: Int64

  /// - Parameters:
  ///   - issuer: the URL of the issuer, to which the paths of its endpoints are appended.
  ///   - credential: the host's. Not needed with a client certificate (`options.tls`).
  ///   - clock: the host's time, by which expired tokens are refused.
  ///   - clockSkew: how wrong that time may be, in seconds. Tills don't keep time well.
  /// - Throws: `IssuerClientError` with the code `invalidURL` if the URL has a query.
  public init(
    issuer: EndpointURL, credential: BearerCredential?, options: ConnectionOptions = ConnectionOptions(),
    clock: WallClock = .system, clockSkew: Int64 = 60
  ) throws(IssuerClientError) {
    url = try issuer.appending("/session-token")
    // A token has 16 KiB at most, and an answer little else.
    transport = HTTPTransport(options, limit: 2 * CompactJWS.maximumLength)
    (self.credential, self.clock, self.clockSkew) = (credential, clock, max(0, clockSkew))
  }

  /// A fresh token, or `nil` if the user lacks the permission for the app (204).
  public func sessionToken(
    for request: SessionTokenRequest
  ) async throws(IssuerClientError) -> IDToken? {
    var message = HTTPClientRequest(url: url.text)
    message.method = .POST
    message.headers.add(name: "Accept", value: "application/json")
    message.headers.add(name: "Content-Type", value: "application/json")
    if let credential { message.headers.add(name: "Authorization", value: credential.authorization) }
    message.body = .bytes(ByteBuffer(bytes: try request.body))
    let answer = try await transport.send(message)
    switch answer.status {
    case 200: break
    case 204: return nil
    default: throw .refused(answer.refusal)
    }
    let token = try answer.token
    try request.check(token)
    guard token.expiresAt.advanced(by: clockSkew) > clock.now else {
      throw .tokenExpired(at: token.expiresAt, now: clock.now)
    }
    return token
  }

  /// Closes the connections, which otherwise end with this object.
  public func shutdown() async { await transport.shutdown() }
}

extension HTTPAnswer {
  fileprivate var token: IDToken {
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
}

extension SessionTokenRequest {
  fileprivate var body: [UInt8] {
    get throws(IssuerClientError) {
      var writer = JSONWriter()
      do { writer.write(try SessionTokenMessage(self).json) } catch {
        throw .outOfRange(member: error.member)
      }
      return writer.bytes
    }
  }

  /// A host can't verify the signature, but it can check that the token is the one it asked for. A cache that ignores
  /// `no-store` would hand out another user's. Users have numbers of their own in each shop, hence `dest` is checked too.
  fileprivate func check(_ token: IDToken) throws(IssuerClientError) {
    let claims: JSONObject
    do throws(JOSEError) { claims = try CompactJWS(parsing: token.text).claims() } catch {
      throw .malformedAnswer(reason: "token is not a JWS in compact serialization with JSON claims")
    }
    let differs: String? =
      if claims["exp"]?.integer != token.expiresAt.secondsSinceEpoch {
        "expiresAt is not the token's exp"
      } else if claims["sub"]?.string != String(user.number) {
        "the token is for another user"
      } else if claims["aud"]?.string != clientID.text {
        "the token is for another app"
      } else if claims["dest"]?.string != session.shopDomain.origin {
        "the token is for another shop"
      } else if claims["sid"]?.string != sessionID.text {
        "the token is for another session"
      } else {
        nil
      }
    if let differs { throw .malformedAnswer(reason: differs) }
  }
}

extension JOSEError {
  /// The parser's reasons quote their input, which may be a part of a token.
  fileprivate var withoutInput: String {
    String(description.prefix { $0 != ":" })
  }
}
#endif
