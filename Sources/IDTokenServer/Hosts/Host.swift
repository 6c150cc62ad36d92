#if Server
public import IDTokens

/// A host that may ask this issuer for tokens: a point of sale, or a service that stands for many.
public final class Host: Sendable {
  /// How it is called in logs.
  public let name: String
  let shops: Scope<ShopDomain>
  let apps: Scope<ClientID>
  let rate: Rate

  init(name: String, shops: Scope<ShopDomain>, apps: Scope<ClientID>, rate: Rate) {
    (self.name, self.shops, self.apps, self.rate) = (name, shops, apps, rate)
  }

  /// Whether the host is registered for this shop and this app.
  public func mayAsk(for clientID: ClientID, in shop: ShopDomain) -> Bool {
    shops.contains(shop) && apps.contains(clientID)
  }
}

/// Which shops or apps a host is confined to.
enum Scope<Element: Hashable & Sendable>: Sendable {
  case all
  case only(Set<Element>)

  func contains(_ element: Element) -> Bool {
    switch self {
    case .all: true
    case .only(let elements): elements.contains(element)
    }
  }
}

/// How many tokens a credential may ask for: so many a second, and a burst of so many at once.
public struct Rate: Sendable, Hashable {
  public let perSecond: Int
  public let burst: Int

  /// The most that a hosts file may say of either.
  public static let largest = 1_000_000

  /// - Parameter burst: twice as many as a second if `nil`.
  public init(perSecond: Int, burst: Int? = nil) {
    self.perSecond = max(1, perSecond)
    self.burst = max(1, burst ?? 2 * min(perSecond, Self.largest / 2))
  }

  public static let standard = Rate(perSecond: 100, burst: 200)
}
#endif
