public import IDTokens
import Synchronization

/// The POS Session API as one extension has it. It can read and ask, and change nothing.
public final class SessionAPI: Sendable {
  public let clientID: ClientID
  public let version: APIVersion
  private let controller: SessionController
  private let staffMemberAtStart: UInt64?
  private let latestID = Mutex<(user: UserID, sessionID: SessionID)?>(nil)
  private let latestPermit = Mutex<HeldPermit?>(nil)

  init(_ controller: SessionController, _ clientID: ClientID, _ version: APIVersion) {
    (self.controller, self.clientID, self.version) = (controller, clientID, version)
    staffMemberAtStart = controller.session.staffMemberId
  }

  /// The session as it is now. The value never changes; a switch is seen by asking again or in `sessions`.
  public var currentSession: CurrentSession {
    CurrentSession(controller.session, version, staffMemberAtStart: staffMemberAtStart)
  }

  /// The session of now, then a new value for every switch that this API version can see.
  public var sessions: AsyncStream<CurrentSession> {
    // Without `self`: a stream that nobody reads to its end must not keep the controller alive.
    controller.sessions.subscribe().mapped { [version, staffMemberAtStart] session in
      CurrentSession(session, version, staffMemberAtStart: staffMemberAtStart)
    }
  }

  /// The number that stands in the device's GID; since 2026-04. (`device.getDeviceId()` of POS is another ID, a UUID.)
  public var deviceId: UInt64? { version >= APIVersion.Since.deviceId ? controller.deviceId : nil }

  /// The pinned staff member as an observable; since 2026-07.
  public var staffMember: Observed<StaffMember?>? {
    guard version >= APIVersion.Since.staffMember else { return nil }
    let sessions = controller.sessions
    return Observed {
      sessions.value.staffMember
    } _: {
      sessions.subscribe().mapped(\.staffMember)
    }
  }

  /// A fresh token for the app's own backend: never for Shopify's APIs, and not to be logged or stored.
  ///
  /// It is about the authenticated user, whoever is pinned. `nil` when that user lacks the permission for the app, or
  /// when no token is to be had within the deadline. It always returns.
  ///
  /// - Throws: `SessionError.closed` when the host has closed the session, and nothing else.
  public func getSessionToken() async throws(SessionError) -> String? {
    if let held = permit() {
      let gathering = held.permit.gathering
      // Nearly all who ask alone are answered without waiting for anything.
      let token =
        if let gathering { try? await held.permit.mint(in: gathering) } else { try? held.permit.mint() }
      if let token, isCurrent(held) { return token.serialized }
    }
    guard !controller.isClosed else { throw .closed }
    let answer =
      if let immediate = controller.immediate { self.answer(immediate) } else { await self.answer() }
    return try given(answer)
  }

  /// Whether `tokenAtOnce` has answers.
  package var answersAtOnce: Bool { controller.immediate != nil }

  /// What `getSessionToken()` gives, without a task; `nil` too where the source has to be waited for.
  package func tokenAtOnce() throws(SessionError) -> String? {
    if let held = permit(), let token = try? held.permit.mint(), isCurrent(held) { return token.serialized }
    guard !controller.isClosed else { throw .closed }
    return try controller.immediate.flatMap { source throws(SessionError) in try given(answer(source)) }
  }

  private func given(_ answer: Answer) throws(SessionError) -> String? {
    // It may have been closed while the token was on its way.
    guard !controller.isClosed else { throw .closed }
    switch answer {
    case .token(let token): return token.serialized
    case .refusal(let refusal):
      controller.onRefusal(clientID, refusal)
      return nil
    }
  }
}

extension SessionAPI {
  private enum Answer {
    case token(SessionToken)
    case refusal(SessionTokenRefusal)
  }

  /// Without a task or a timer, from a source that waits for nothing.
  private func answer(_ source: any ImmediateTokenSource) -> Answer {
    let revision = controller.revision
    switch request() {
    case .made(let request):
      return answer(
        request,
        .finished(
          Result {
            if let permit = try controller.local?.permit(for: request), let token = try permit.mint() {
              latestPermit.withLock { $0 = HeldPermit(permit, revision) }
              return token
            }
            return try source.sessionToken(for: request)
          }))
    case .refused(let refusal): return .refusal(refusal)
    }
  }

  /// That of the last answer, where the session is still as it was then: nothing is looked up again. What goes wrong with it
  /// goes wrong again on the long way, which says what it was.
  private func permit() -> HeldPermit? { latestPermit.withLock { $0 }.flatMap { isCurrent($0) ? $0 : nil } }

  /// Asked again when the token is there: the session may have been closed, or its user changed, meanwhile.
  private func isCurrent(_ held: HeldPermit) -> Bool { held.revision == controller.revision }

  private func answer() async -> Answer {
    let request: SessionTokenRequest
    switch self.request() {
    case .made(let made): request = made
    case .refused(let refusal): return .refusal(refusal)
    }
    return answer(request, await token(request))
  }

  private enum Request {
    case made(SessionTokenRequest)
    case refused(SessionTokenRefusal)
  }

  private func request() -> Request {
    let session = controller.session
    guard let user = session.userId else { return .refused(.noAuthenticatedUser) }
    do {
      return .made(
        SessionTokenRequest(session: session, user: user, clientID: clientID, sessionID: try sessionID(user)))
    } catch { return .refused(.sourceFailed(error)) }
  }

  /// The controller's, asked again only when another user has logged in.
  private func sessionID(_ user: UserID) throws(IDTokenError) -> SessionID {
    if let known = latestID.withLock({ $0 }), known.user == user { return known.sessionID }
    let sessionID = try controller.sessionID(user, clientID)
    latestID.withLock { $0 = (user, sessionID) }
    return sessionID
  }

  private func answer(_ request: SessionTokenRequest, _ outcome: Deadline.Outcome<SessionToken?>) -> Answer {
    guard controller.userID == request.user else { return .refusal(.userChanged) }
    return switch outcome {
    case .finished(.success(let token?)): .token(token)
    case .finished(.success(nil)): .refusal(.notPermitted)
    case .finished(.failure(let error)): .refusal(.sourceFailed(error))
    case .exceeded: .refusal(.deadlineExceeded(controller.deadline.duration))
    case .cancelled: .refusal(.cancelled)
    }
  }

  private func token(_ request: SessionTokenRequest) async -> Deadline.Outcome<SessionToken?> {
    let source = controller.source
    return await controller.deadline.run {
      try await source.sessionToken(for: request)
    }
  }
}

/// A permit, and the revision of the session that it was asked for.
private final class HeldPermit: Sendable {
  let permit: CachedAuthorization
  let revision: Int

  init(_ permit: CachedAuthorization, _ revision: Int) { (self.permit, self.revision) = (permit, revision) }
}

extension Session {
  fileprivate var staffMember: StaffMember? { staffMemberId.map(StaffMember.init) }
}
