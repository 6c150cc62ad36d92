#if Server
import IDTokens
import JOSECore
import SessionHost

/// The `sid` of sessions whose hosts name none: the same for a host, shop, user and app as long as this process runs, and
/// nobody's guess. It is computed and not kept: no host can crowd out another's.
final class SessionIDs: Sendable {
  private let key: SigningKey
  private let signers = ThreadLocalPool<Signer>()

  init() throws {
    var random = try RandomBuffer.bytes(32)
    key = try SigningKey(.hs256, secret: SecretBytes(wiping: &random))
  }

  func sessionID(_ request: SessionTokenMessage, of host: Host) throws -> SessionID {
    var session: [UInt8] = []
    for part in [
      host.name, request.session.shopDomain.host, String(request.user.number), request.clientID.text,
    ] {
      session += part.utf8
      // In none of them, so that no two sessions have the same bytes.
      session.append(0)
    }
    let message = session
    let code = try signers.with { () throws(JWAError) in
      try Signer()
    } _: { (signer) throws(JWAError) in
      try [UInt8](capacity: key.signatureLength) { (output) throws(JWAError) in
        try signer.sign(message.span, with: key, into: &output)
      }
    }
    return try SessionID(Hex.text(code.span))
  }
}
#endif
