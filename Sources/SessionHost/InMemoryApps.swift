public import IDTokens
import Synchronization

/// Apps and permissions in memory, for hosts that keep them elsewhere and for tests.
public final class InMemoryApps: AppAuthorizer {
  struct Contents: Sendable {
    var registrations: [ClientID: AppRegistration] = [:]
    var permissions: Set<Permission> = []
  }

  struct Permission: Sendable, Hashable {
    let user: UserID
    let clientID: ClientID
    let shop: ShopDomain
  }

  private let contents: Mutex<Contents>
  private let changes = Atomic<Int>(0)

  public convenience init() { self.init(Contents()) }

  init(_ contents: Contents) { self.contents = Mutex(contents) }

  /// Adds an app, or replaces the one with its client ID.
  public func register(_ registration: AppRegistration) {
    change { $0.registrations[registration.clientID] = registration }
  }

  /// Lets a user use an app in a shop.
  public func permit(_ user: UserID, toUse clientID: ClientID, in shop: ShopDomain) {
    change { $0.permissions.insert(Permission(user: user, clientID: clientID, shop: shop)) }
  }

  /// Takes the permission away again.
  public func forbid(_ user: UserID, toUse clientID: ClientID, in shop: ShopDomain) {
    change { $0.permissions.remove(Permission(user: user, clientID: clientID, shop: shop)) }
  }

  public func authorize(
    _ user: UserID, toUse clientID: ClientID, in shop: ShopDomain
  ) throws(SessionError) -> AppRegistration? {
    let permission = Permission(user: user, clientID: clientID, shop: shop)
    let (app, isPermitted) = contents.withLock {
      ($0.registrations[clientID], $0.permissions.contains(permission))
    }
    guard let app else { throw .unknownApp(clientID.text) }
    return isPermitted ? app : nil
  }

  public var version: Int? { changes.load(ordering: .acquiring) }

  /// Every app there is, in no order.
  public var registrations: [AppRegistration] { contents.withLock { Array($0.registrations.values) } }

  func replace(with newContents: Contents) { change { $0 = newContents } }

  private func change<Result>(_ change: (inout Contents) -> Result) {
    contents.withLock { contents in
      _ = change(&contents)
      changes.add(1, ordering: .releasing)
    }
  }
}
