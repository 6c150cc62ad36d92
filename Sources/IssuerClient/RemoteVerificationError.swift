#if Client
public import IDTokens

/// Why a token was not accepted: because of the token (401), or because there are no keys to check it by (503).
public enum RemoteVerificationError: Error, Sendable, Equatable {
  case token(VerificationError)
  case keys(IssuerClientError)
}

extension RemoteVerificationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .token(let error): error.description
    case .keys(let error): error.description
    }
  }
}
#endif
