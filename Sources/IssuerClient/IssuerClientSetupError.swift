#if Client
/// Why a client of an issuer was not made.
public enum IssuerClientSetupError: Error, Sendable, Equatable {
  case invalidURL(String)
  /// What is wrong with a credential; never the credential.
  case credential(reason: String)
}

extension IssuerClientSetupError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidURL(let text):
      """
      \(text.debugDescription) is no URL to ask an issuer at: https, or http for localhost, 127.0.0.1 and [::1], \
      without user and fragment
      """
    case .credential(let reason): "the host's credential is refused: \(reason)"
    }
  }
}
#endif
