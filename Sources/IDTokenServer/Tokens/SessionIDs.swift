#if Server
  import IDTokens
  import SessionHost
  import Synchronization

  /// The `sid` of sessions whose hosts name none: one at random for each host, shop, user and app.
  final class SessionIDs: Sendable {
    private struct Key: Hashable {
      let host: String
      let shop: ShopDomain
      let user: UserID
      let clientID: ClientID
    }

    /// Two generations: when the younger is full the older goes, so that what is asked for again stays.
    private struct State {
      var young: [Key: SessionID] = [:]
      var old: [Key: SessionID] = [:]
    }

    private let state = Mutex(State())
    private let capacity: Int

    /// - Parameter capacity: how many are kept at least; twice as many at most.
    init(capacity: Int = 50_000) { self.capacity = capacity }

    func sessionID(_ order: TokenOrder, of host: Host) throws(IDTokenError) -> SessionID {
      let key = Key(
        host: host.name, shop: order.session.shopDomain, user: order.user, clientID: order.clientID)
      if let known = state.withLock({ $0.young[key] }) { return known }
      let fresh = try SessionID.random()
      return state.withLock { state in
        let sessionID = state.young[key] ?? state.old[key] ?? fresh
        if state.young.count >= capacity { (state.old, state.young) = (state.young, [:]) }
        state.young[key] = sessionID
        return sessionID
      }
    }
  }
#endif
