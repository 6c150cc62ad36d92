public import IDTokens
import Synchronization

/// The host's end of a session: it opens one, switches location, staff member and user, hands each extension its
/// `SessionAPI`, and closes.
public final class SessionController: Sendable {
  public let deviceId: UInt64
  let source: any SessionTokenSource
  let deadline: Deadline
  let onRefusal: @Sendable (ClientID, SessionError) -> Void
  let sessions: Broadcast<Session>
  private let sessionIDs = Mutex<[SessionIDKey: SessionID]>([:])

  /// - Parameters:
  ///   - session: what the point of sale knows at the start.
  ///   - deviceId: the number of the device.
  ///   - source: where tokens come from.
  ///   - deadline: how long `getSessionToken()` waits for the source before it answers that there is no token.
  ///   - clock: measures the deadline.
  ///   - onRefusal: is called with the reason each time an extension gets no token.
  public init(
    _ session: Session, deviceId: UInt64, tokens source: any SessionTokenSource,
    deadline: Duration = .seconds(5), clock: any Clock<Duration> = ContinuousClock(),
    onRefusal: @escaping @Sendable (ClientID, SessionError) -> Void = { _, _ in }
  ) {
    self.deviceId = deviceId
    self.source = source
    self.deadline = Deadline(duration: deadline, clock: clock)
    self.onRefusal = onRefusal
    sessions = Broadcast(session)
  }

  public var session: Session { sessions.value }

  /// The authenticated user of now.
  var userID: UserID? { sessions.withValue(\.userId) }

  /// Another number after every switch and after the end.
  var revision: Int { sessions.revision }

  public func switchLocation(to locationId: UInt64) { sessions.update { $0.with(locationId: locationId) } }

  /// Pins a staff member in, which need not be the authenticated user.
  public func pin(staffMember id: UInt64) { sessions.update { $0.with(staffMemberId: id) } }

  /// Locks the screen.
  public func unpin() { sessions.update { $0.with(staffMemberId: nil) } }

  /// Logs another account in, or none.
  public func authenticate(_ user: UserID?) { sessions.update { $0.with(userId: user) } }

  /// Ends the session: streams end, and `getSessionToken()` throws from now on.
  public func close() { sessions.finish() }

  public var isClosed: Bool { sessions.isFinished }

  /// What an extension of an app gets, with the fields that its API version has.
  public func api(for clientID: ClientID, version: APIVersion = .latest) -> SessionAPI {
    SessionAPI(self, clientID, version)
  }

  /// One `sid` for each user and app, as long as the session lasts.
  func sessionID(_ user: UserID, _ clientID: ClientID) throws(IDTokenError) -> SessionID {
    let key = SessionIDKey(user: user, clientID: clientID)
    if let known = sessionIDs.withLock({ $0[key] }) { return known }
    let fresh = try SessionID.random()
    return sessionIDs.withLock { ids in
      if let known = ids[key] { return known }
      ids[key] = fresh
      return fresh
    }
  }

  private struct SessionIDKey: Hashable {
    let user: UserID
    let clientID: ClientID
  }
}
