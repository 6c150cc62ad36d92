public import IDTokens

/// Which apps there are. A host implements it over its own records.
public protocol AppRegistry: Sendable {
  func registration(for clientID: ClientID) async throws -> AppRegistration?

  /// Whether it promises to answer without waiting, from memory.
  var answersAtOnce: Bool { get }
}

/// Which users may use which apps. A host implements it over its own records.
public protocol AppPermissions: Sendable {
  /// Whether the authenticated user may use an app in a shop. It is asked for every token, so a permission that is
  /// taken away takes effect with the next one.
  func isPermitted(_ user: UserID, toUse clientID: ClientID, in shop: ShopDomain) async throws -> Bool

  /// Whether it promises to answer without waiting, from memory.
  var answersAtOnce: Bool { get }
}

extension AppRegistry {
  public var answersAtOnce: Bool { false }
}

extension AppPermissions {
  public var answersAtOnce: Bool { false }
}
