#if Client
import AsyncHTTPClient
public import IDTokens
public import JOSECore
import NIOCore
import NIOHTTP1
public import SessionHost

/// Tokens from an issuer elsewhere (`POST /session-token`): this host holds no key.
///
/// Each token is asked for anew and none is kept. A failed connection is tried once more, an answer never. The answer is
/// bounded, parsed strictly, and about the user and app that were asked for, or it is refused.
public final class RemoteTokenSource: SessionTokenSource {
  private let url: EndpointURL
  private let credential: BearerCredential?
  private let transport: Transport
  private let clock: WallClock
  private let clockSkew: Int64

  /// - Parameters:
  ///   - issuer: the URL under which the issuer's endpoints lie.
  ///   - credential: not needed where a client certificate (`options.tls`) says who asks.
  ///   - clock: the host's time, by which a token that has already expired is refused.
  ///   - clockSkew: seconds by which that time may be wrong. Tokens are short-lived, and tills don't keep time well.
  public init(
    issuer: EndpointURL, credential: BearerCredential?, options: ConnectionOptions = ConnectionOptions(),
    clock: WallClock = .system, clockSkew: Int64 = 60
  ) throws(IssuerClientSetupError) {
    url = try issuer.appending("/session-token")
    // Tokens have 16 KiB at most, and there is little else in an answer.
    transport = Transport(options, limit: 2 * CompactJWS.maximumLength)
    (self.credential, self.clock, self.clockSkew) = (credential, clock, max(0, clockSkew))
  }

  /// A fresh token; `nil` when the user lacks the permission for the app (204).
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
    return try answer.sessionToken(for: request, at: clock.now, clockSkew: clockSkew)
  }

  /// Closes the connections, which otherwise end with this object.
  public func shutdown() async { await transport.shutdown() }
}
#endif
