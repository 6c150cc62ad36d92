public import IDTokens

/// What a host answers for a token: which app it is for, and whether the authenticated user may use it. A host
/// implements it over its own records.
public protocol AppAuthorizer: Sendable {
  /// The app, if the user may use it in the shop; `nil` if not.
  ///
  /// - Throws: `SessionError.unknownApp` for an app that isn't registered, or what went wrong with the records.
  func authorize(
    _ user: UserID, toUse clientID: ClientID, in shop: ShopDomain
  ) async throws -> AppRegistration?

  /// Another number after every change of the records. An answer is used again while the number is the same, so that a
  /// permission that is taken away takes effect with the next token. `nil` if changes aren't counted: then every token
  /// asks again.
  var version: Int? { get }
}

extension AppAuthorizer {
  public var version: Int? { nil }
}
