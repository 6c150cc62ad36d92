public import IDTokens
public import JOSECore

/// An app as the host knows it.
public struct AppRegistration: Sendable, Equatable {
  public let clientID: ClientID
  /// Its secrets that are not revoked: the previous one while they change, then the current one.
  public let secrets: [ClientSecret]
  /// `id_token_signed_response_alg` (OpenID Connect Dynamic Client Registration §2).
  public let signedResponseAlgorithm: Algorithm
  /// Copies have the same: they are equal without a look at their secrets.
  private let mark = Mark()

  private final class Mark: Sendable {}

  public static func == (left: AppRegistration, right: AppRegistration) -> Bool {
    left.mark === right.mark
      || left.clientID == right.clientID && left.secrets == right.secrets
        && left.signedResponseAlgorithm == right.signedResponseAlgorithm
  }

  /// - Parameters:
  ///   - secret: the current secret; needed for HS256.
  ///   - previousSecret: the one before it, until it is revoked.
  ///   - signedResponseAlgorithm: RS256 where nothing is said, as the standard has it.
  public init(
    clientID: ClientID, secret: ClientSecret? = nil, previousSecret: ClientSecret? = nil,
    signedResponseAlgorithm: Algorithm = .rs256
  ) throws(AppRegistrationError) {
    secrets = [previousSecret, secret].compactMap(\.self)
    if signedResponseAlgorithm.isSymmetric {
      guard signedResponseAlgorithm == .hs256 else {
        throw .symmetricAlgorithm(signedResponseAlgorithm, clientID: clientID.text)
      }
      guard secret != nil else { throw .noSecret(clientID: clientID.text) }
    }
    (self.clientID, self.signedResponseAlgorithm) = (clientID, signedResponseAlgorithm)
  }

  /// How its tokens are signed. With two secrets it is the older that signs, until it is revoked: a backend that hasn't
  /// heard of the new one goes on working.
  public var profile: TokenProfile {
    if signedResponseAlgorithm == .hs256, let oldest = secrets.first { return .shopify(oldest) }
    return .openID(signedResponseAlgorithm)
  }
}

public enum AppRegistrationError: Error, Sendable, Equatable {
  case noSecret(clientID: String)
  case symmetricAlgorithm(Algorithm, clientID: String)
  case duplicate(clientID: String)
  /// A registry file that can't be used, with the place in it.
  case file(path: String, reason: String)
}

extension AppRegistrationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noSecret(let clientID): "app \(clientID) gets HS256 tokens and has no client secret to sign them"
    case .symmetricAlgorithm(let algorithm, let clientID):
      "app \(clientID) can't have \(algorithm): the Shopify profile is HS256, the others sign with the ring's keys"
    case .duplicate(let clientID): "app \(clientID) is registered twice"
    case .file(let path, let reason): "\(path) is refused: \(reason)"
    }
  }
}
