#if Server
public import IDTokens
import NIOCore
import Synchronization

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

/// Counts what one credential asks for. Times are given, so that nobody has to wait to see it refuse.
final class TokenBucket: Sendable {
  let rate: Rate
  private let state: Mutex<State>

  /// `level` is in parts of a token: nanoseconds times `perSecond`, so that whole numbers do. It is below zero after a batch
  /// larger than the burst.
  private struct State {
    var level: Int64
    var at: UInt64
  }

  private static let whole: Int64 = 1_000_000_000

  init(_ rate: Rate, at now: NIODeadline) {
    self.rate = rate
    state = Mutex(State(level: Int64(rate.burst) * Self.whole, at: now.uptimeNanoseconds))
  }

  /// Takes `count` tokens out, or answers in how many seconds they will be there.
  ///
  /// A batch larger than the burst would never fit: it waits until the bucket is full, and what it takes beyond that is
  /// owed. Otherwise batches would be a way around the rate.
  func take(_ count: Int, at now: NIODeadline) -> Int? {
    let (capacity, perSecond) = (Int64(rate.burst) * Self.whole, Int64(rate.perSecond))
    let wanted = Int64(max(0, count)) * Self.whole
    return state.withLock { state in
      let passed = now.uptimeNanoseconds > state.at ? now.uptimeNanoseconds - state.at : 0
      let (filled, overflow) = Int64(clamping: passed).multipliedReportingOverflow(by: perSecond)
      state.level += overflow ? capacity - state.level : min(filled, capacity - state.level)
      state.at = max(state.at, now.uptimeNanoseconds)
      let needed = min(wanted, capacity)
      if state.level >= needed {
        state.level -= wanted
        return nil
      }
      return Int((needed - state.level) / perSecond / Self.whole) + 1
    }
  }
}
#endif
