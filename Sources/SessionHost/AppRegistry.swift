public import IDTokens

/// Which apps there are. A host implements it over its own records.
public protocol AppRegistry: Sendable {
  func registration(for clientID: ClientID) async throws -> AppRegistration?
}

/// Which users may use which apps. A host implements it over its own records.
public protocol AppPermissions: Sendable {
  /// Whether the authenticated user may use an app in a shop. It is asked for every token, so a permission that is
  /// taken away takes effect with the next one.
  func isPermitted(_ user: UserID, toUse clientID: ClientID, in shop: ShopDomain) async throws -> Bool
}

/// A registry that answers from memory. Where the permissions do too, no token waits for anything.
public protocol ImmediateAppRegistry: AppRegistry, Revisable {
  func registration(for clientID: ClientID) throws -> AppRegistration?
}

/// Permissions that are answered from memory.
public protocol ImmediateAppPermissions: AppPermissions, Revisable {
  func isPermitted(_ user: UserID, toUse clientID: ClientID, in shop: ShopDomain) throws -> Bool
}

/// Records that can say whether they have changed.
public protocol Revisable: Sendable {
  /// Another number after every change: an answer that was given after one was read holds while it is still the same.
  /// `nil` where changes aren't counted; then every token asks again, which takes about twice as long at HS256.
  var revision: Int? { get }
}

extension Revisable {
  public var revision: Int? { nil }
}
