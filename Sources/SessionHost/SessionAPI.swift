public import IDTokens

/// The POS Session API as one extension has it. It can read and ask, and change nothing.
public final class SessionAPI: Sendable {
  public let clientID: ClientID
  public let version: APIVersion
  private let controller: SessionController
  private let staffMemberAtStart: UInt64?

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

  /// Since 2026-04.
  public var deviceId: String? { version >= APIVersion.Since.deviceId ? controller.deviceId : nil }

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
    guard !controller.isClosed else { throw .closed }
    let answer = await answer()
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

  private func answer() async -> Answer {
    let session = controller.session
    guard let user = session.userId else { return .refusal(.noAuthenticatedUser) }
    let outcome: Deadline.Outcome<SessionToken?>
    do {
      let request = SessionTokenRequest(
        session: session, user: user, clientID: clientID, sessionID: try controller.sessionID(user, clientID))
      outcome = await token(request)
    } catch { return .refusal(.sourceFailed(error)) }
    guard controller.session.userId == user else { return .refusal(.userChanged) }
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
    return await controller.deadline.run(atOnce: source.answersAtOnce) {
      try await source.sessionToken(for: request)
    }
  }
}

extension Session {
  fileprivate var staffMember: StaffMember? { staffMemberId.map(StaffMember.init) }
}
