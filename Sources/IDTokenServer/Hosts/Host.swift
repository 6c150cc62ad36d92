#if Server
public import IDTokens
import NIOCore
import Synchronization

/// A host that may request tokens: a point of sale, or a service for many of them.
public final class Host: Sendable {
  /// For logs: 1 to 64 visible ASCII characters.
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

/// The shops or apps that a host is restricted to.
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

/// The rate limit of a credential: tokens per second, and the largest burst.
public struct Rate: Sendable, Hashable {
  public let perSecond: Int
  public let burst: Int

  /// The maximum of both in a hosts file.
  public static let largest = 1_000_000

  /// - Parameter burst: `nil` is twice `perSecond`.
  public init(perSecond: Int, burst: Int? = nil) {
    self.perSecond = max(1, perSecond)
    self.burst = max(1, burst ?? 2 * min(perSecond, Self.largest / 2))
  }

  public static let standard = Rate(perSecond: 100, burst: 200)
}

/// The token bucket of one credential. It is given the time, so that tests need not wait.
final class TokenBucket: Sendable {
  let rate: Rate
  private let state: Mutex<State>

  /// `level` is in billionths of a token, so that integers suffice. It is negative after a batch larger than the burst.
  private struct State {
    var level: Int64
    var at: UInt64
  }

  private static let whole: Int64 = 1_000_000_000

  init(_ rate: Rate, at now: NIODeadline) {
    self.rate = rate
    state = Mutex(State(level: Int64(rate.burst) * Self.whole, at: now.uptimeNanoseconds))
  }

  /// Takes `count` tokens, or returns in how many seconds they will be available.
  ///
  /// A batch larger than the burst is allowed if the bucket is full, and the level becomes negative. Without that, such a
  /// batch could never be allowed, or would evade the rate.
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
