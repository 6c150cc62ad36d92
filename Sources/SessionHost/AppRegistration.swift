public import IDTokens
public import JOSECore

/// An app as the host knows it.
public struct AppRegistration: Sendable, Equatable {
  public let clientID: ClientID
  /// Its secrets that are not revoked: the previous one while they change, then the current one.
  public let secrets: [ClientSecret]
  /// `id_token_signed_response_alg` (OpenID Connect Dynamic Client Registration §2).
  public let signedResponseAlgorithm: Algorithm
  /// Copies share it: they are equal without a comparison of their secrets.
  private let identity = Identity()

  private final class Identity: Sendable {}

  public static func == (left: AppRegistration, right: AppRegistration) -> Bool {
    left.identity === right.identity
      || left.clientID == right.clientID && left.secrets == right.secrets
        && left.signedResponseAlgorithm == right.signedResponseAlgorithm
  }

  /// - Parameters:
  ///   - clientID: `aud` of the app's tokens.
  ///   - secret: the current secret; needed for HS256.
  ///   - previousSecret: the one before it, until it is revoked.
  ///   - signedResponseAlgorithm: by default RS256, as in the standard.
  public init(
    clientID: ClientID, secret: ClientSecret? = nil, previousSecret: ClientSecret? = nil,
    signedResponseAlgorithm: Algorithm = .rs256
  ) throws(SessionError) {
    do { try clientID.check() } catch { throw .invalidApp("\(error)") }
    secrets = [previousSecret, secret].compactMap(\.self)
    if signedResponseAlgorithm.isSymmetric {
      guard signedResponseAlgorithm == .hs256 else {
        throw .symmetricAlgorithm(signedResponseAlgorithm, clientID: clientID.text)
      }
      guard secret != nil else { throw .noSecret(clientID: clientID.text) }
    }
    (self.clientID, self.signedResponseAlgorithm) = (clientID, signedResponseAlgorithm)
  }

  /// The secret that signs, in the Shopify profile. Of two it is the older one, until it is revoked: a backend that
  /// doesn't know the new one yet goes on working.
  var signingSecret: ClientSecret? { signedResponseAlgorithm == .hs256 ? secrets.first : nil }
}
