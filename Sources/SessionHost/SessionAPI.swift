public import IDTokens
import Synchronization

/// The POS Session API as one extension has it. It can read and ask, and change nothing.
public final class SessionAPI: Sendable {
  public let clientID: ClientID
  public let version: APIVersion
  private let controller: SessionController
  private let staffMemberAtStart: UInt64?
  private let latest = Mutex<CachedAuthorization?>(nil)

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
  /// It is about the authenticated user, even if another staff member is pinned. `nil` if that user lacks the permission
  /// for the app, or no token comes within the deadline. It always returns.
  ///
  /// It runs where its caller does, because each change of executor costs as much as a hash. Only a signature that is made
  /// with those of other callers is waited for.
  ///
  /// - Throws: `SessionError.closed` when the host has closed the session, and nothing else.
  public nonisolated(nonsending) func getSessionToken() async throws(SessionError) -> String? {
    // Nearly every lone caller is answered without waiting.
    if let token = immediateToken() { return token }
    if let token = await batchedToken() { return token.text }
    let answer = await ask()
    // It may have been closed while the token was on its way.
    guard !controller.isClosed else { throw .closed }
    switch answer {
    case .success(let token): return token.text
    case .failure(let refusal):
      controller.onRefusal(clientID, refusal)
      return nil
    }
  }

  /// A fresh token, if the last authorization still holds and no other caller waits to be signed with; else `nil`, and
  /// `getSessionToken()` has the answer.
  package func immediateToken() -> String? {
    guard let cached = cached(), let token = try? cached.session.tokens.immediateToken(),
      cached.isCurrent(controller)
    else { return nil }
    return token.text
  }
}

// MARK: - The last authorization

extension SessionAPI {
  /// An authorization, and the revision of the session that it was given for.
  private final class CachedAuthorization: Sendable {
    let session: AuthorizedSession
    private let revision: Int

    init(_ session: AuthorizedSession, _ revision: Int) {
      (self.session, self.revision) = (session, revision)
    }

    /// Whether nothing has changed that it rests on.
    func isCurrent(_ controller: SessionController) -> Bool {
      revision == controller.revision && session.isCurrent
    }
  }

  private func cached() -> CachedAuthorization? {
    guard let cached = latest.withLock({ $0 }), cached.isCurrent(controller) else { return nil }
    return cached
  }

  /// What goes wrong here goes wrong again in `ask()`, which says what it was.
  private nonisolated(nonsending) func batchedToken() async -> IDToken? {
    // Asked again: the permission or the session may have changed while others were waited for.
    guard let cached = cached(), let token = try? await cached.session.tokens.batchedToken(),
      cached.isCurrent(controller)
    else { return nil }
    return token
  }
}

// MARK: - Asking the source

extension SessionAPI {
  /// A token, or why there is none.
  private func ask() async -> Result<IDToken, SessionError> {
    let (revision, session) = (controller.revision, controller.session)
    guard let user = session.userId else { return .failure(.noAuthenticatedUser) }
    let request: SessionTokenRequest
    do {
      request = SessionTokenRequest(
        session: session, user: user, clientID: clientID, sessionID: try controller.sessionID(user, clientID))
    } catch { return .failure(.sourceFailed(error)) }

    let outcome = await controller.deadline.run { [controller] in
      guard let issuer = controller.source.localIssuer else {
        return (try await controller.source.sessionToken(for: request), AuthorizedSession?.none)
      }
      guard let session = try await issuer.authorize(request) else { return (nil, nil) }
      return (try await session.tokens.batchedToken(), session)
    }
    // The user may have changed meanwhile.
    guard controller.userID == user else { return .failure(.userChanged) }
    switch outcome {
    case .finished(.success((let token?, let session))):
      if let session { latest.withLock { $0 = CachedAuthorization(session, revision) } }
      return .success(token)
    case .finished(.success): return .failure(.notPermitted)
    case .finished(.failure(let error)): return .failure(.sourceFailed(error))
    case .exceeded: return .failure(.deadlineExceeded(controller.deadline.duration))
    case .cancelled: return .failure(.cancelled)
    }
  }
}

extension Session {
  fileprivate var staffMember: StaffMember? { staffMemberId.map(StaffMember.init) }
}
