#if Server
import IDTokens
import JOSECore
import Metrics
import NIOCore
import NIOHTTP1
import SessionHost

/// What one event loop has for itself, so that issuing a token asks no other thread: a minter, the sessions that it has
/// tokens prepared for, and the date. Only that loop uses it.
final class LoopState: @unchecked Sendable {
  let responder: IssuerResponder
  let eventLoop: any EventLoop
  var requestIDs = RequestIDs()
  private var minter: TokenMinter
  private var waiting: [WaitingToken] = []
  private var isScheduled = false
  private var sessions: [SessionKey: LoopSession] = [:]
  private var metrics: [AnswerKind: AnswerMetrics] = [:]
  private var latestDate: (at: NumericDate, text: String) = (NumericDate(.min), "")

  /// A token whose signature is made with others of the same turn of the loop.
  private struct WaitingToken {
    let token: PreparedToken
    let session: LoopSession
    let exchange: Exchange
    let handler: RequestHandler
  }

  init(_ responder: IssuerResponder, _ eventLoop: any EventLoop) throws(IDTokenError) {
    (self.responder, self.eventLoop) = (responder, eventLoop)
    minter = try TokenMinter(multiBuffer: responder.multiBuffer)
    waiting.reserveCapacity(8)
  }

  private struct AnswerKind: Hashable {
    let route: Route
    let status: UInt
  }

  /// Kept here, so that counting asks no other thread.
  func metrics(_ route: Route, _ status: HTTPResponseStatus) -> AnswerMetrics {
    let kind = AnswerKind(route: route, status: status.code)
    if let known = metrics[kind] { return known }
    let new = responder.metrics.answers(route, status)
    metrics[kind] = new
    return new
  }

  /// The `Date` of answers, made once a second.
  func date() -> String {
    let now = responder.clock.wall.now
    if latestDate.at != now { latestDate = (now, now.httpDate) }
    return latestDate.text
  }
}

/// Whose tokens a session's are: the host counts because it may leave the session's ID to the issuer.
struct SessionKey: Hashable {
  let host: ObjectIdentifier
  let shop: ShopDomain
  let user: UserID
  let clientID: ClientID
  let sessionID: SessionID?
}

/// A session that may be used again, as long as its authorization is current.
final class LoopSession {
  let authorized: AuthorizedSession
  let counter: TokenCounter
  /// Kept, so that no other host has its identity.
  private let host: Host

  init(_ authorized: AuthorizedSession, _ counter: TokenCounter, _ host: Host) {
    (self.authorized, self.counter, self.host) = (authorized, counter, host)
  }
}

// MARK: - Sessions

extension LoopState {
  /// `nil` where the host's answer isn't known or may have changed.
  func session(_ key: SessionKey) -> LoopSession? {
    guard let known = sessions[key] else { return nil }
    if known.authorized.isCurrent { return known }
    sessions[key] = nil
    return nil
  }

  func keep(_ session: LoopSession, for key: SessionKey) {
    guard session.authorized.isCurrent else { return }
    // Sessions that ended leave theirs behind. Asking again costs little, so nothing finer is needed.
    if sessions.count >= 4096 { sessions.removeAll() }
    sessions[key] = session
  }
}

// MARK: - Tokens

extension LoopState {
  /// Answers with a token of the session: at once, or signed with those of other requests that this turn of the loop has
  /// read, eight at the most.
  func issue(_ session: LoopSession, _ exchange: Exchange, _ handler: RequestHandler) {
    do throws(IDTokenError) {
      let now = responder.clock.wall.now
      let token = try session.authorized.tokens.prepared(at: now)
      guard responder.signsTogether(token) else {
        return handler.answer(exchange, answer(try minter.mint(token, at: now), session))
      }
      waiting.append(WaitingToken(token: token, session: session, exchange: exchange, handler: handler))
    } catch { return handler.answer(exchange, responder.answer(Refusal(minting: error), exchange)) }
    if waiting.count == 8 { return signWaiting() }
    guard !isScheduled else { return }
    isScheduled = true
    eventLoop.assumeIsolated().execute { [self] in
      isScheduled = false
      signWaiting()
    }
  }

  private func signWaiting() {
    let batch = waiting
    waiting.removeAll(keepingCapacity: true)
    let now = responder.clock.wall.now
    if batch.count > 1, let tokens = try? minter.mint(batch.map { ($0.token, now) }) {
      for (item, token) in zip(batch, tokens) {
        item.handler.answer(item.exchange, answer(token, item.session))
      }
      return
    }
    // What went wrong with one of them must not cost the others their tokens.
    for item in batch {
      do throws(IDTokenError) {
        let token = try minter.mint(item.token, at: now)
        item.handler.answer(item.exchange, answer(token, item.session))
      } catch {
        item.handler.answer(item.exchange, responder.answer(Refusal(minting: error), item.exchange))
      }
    }
  }

  private func answer(_ token: IDToken, _ session: LoopSession) -> Answer {
    session.counter.increment()
    var buffer = ByteBuffer()
    buffer.reserveCapacity(token.text.utf8.count + 48)
    SessionTokenMessage.writeAnswer(token) { buffer.writeString($0) }
    return Answer(fields: Answer.jsonFields, body: buffer)
  }
}
#endif
