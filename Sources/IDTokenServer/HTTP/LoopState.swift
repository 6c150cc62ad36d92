#if Server
import IDTokens
import JOSECore
import Metrics
import NIOCore
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
      let token = try session.authorized.tokens.prepared(at: responder.clock.wall.now)
      guard responder.signsTogether(token) else {
        return handler.answer(exchange, try answer(token, session))
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
    if batch.count > 1, let bodies = try? bodies(batch.map(\.token)) {
      for (item, body) in zip(batch, bodies) {
        item.session.counter.increment()
        item.handler.answer(item.exchange, Answer(fields: Answer.jsonFields, body: body))
      }
      return
    }
    // What went wrong with one of them must not cost the others their tokens.
    for item in batch {
      do throws(IDTokenError) {
        item.handler.answer(item.exchange, try answer(item.token, item.session))
      } catch {
        item.handler.answer(item.exchange, responder.answer(Refusal(minting: error), item.exchange))
      }
    }
  }

  private func answer(_ token: PreparedToken, _ session: LoopSession) throws(IDTokenError) -> Answer {
    var buffer = ByteBuffer()
    buffer.reserveCapacity(token.maximumLength + 48)
    buffer.writeStaticString("{\"token\":\"")
    var (expiry, failure): (NumericDate?, IDTokenError?)
    let now = responder.clock.wall.now
    unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: token.maximumLength) { memory in
      let bytes = unsafe memory.bindMemory(to: UInt8.self)
      var output = unsafe OutputSpan(buffer: bytes, initializedCount: 0)
      do throws(IDTokenError) { expiry = try minter.mint(token, at: now, into: &output) } catch {
        failure = error
      }
      return unsafe output.finalize(for: bytes)
    }
    if let failure { throw failure }
    buffer.writeEnd(expiry ?? now)
    session.counter.increment()
    return Answer(fields: Answer.jsonFields, body: buffer)
  }

  private func bodies(_ tokens: [PreparedToken]) throws(IDTokenError) -> [ByteBuffer] {
    let now = responder.clock.wall.now
    var ends: [Int] = []
    let capacity = tokens.reduce(0) { $0 + $1.maximumLength }
    let bytes = try [UInt8](capacity: capacity) { (output) throws(IDTokenError) in
      ends = try [Int](capacity: tokens.count) { (ends) throws(IDTokenError) in
        try minter.mint(tokens.span, at: now, into: &output, ends: &ends)
      }
    }
    var start = 0
    var bodies: [ByteBuffer] = []
    bodies.reserveCapacity(tokens.count)
    for (token, end) in zip(tokens, ends) {
      var buffer = ByteBuffer()
      buffer.reserveCapacity(end - start + 48)
      buffer.writeStaticString("{\"token\":\"")
      buffer.writeBytes(bytes[start..<end])
      buffer.writeEnd(try token.expiry(at: now))
      bodies.append(buffer)
      start = end
    }
    return bodies
  }
}

extension ByteBuffer {
  fileprivate mutating func writeEnd(_ expiry: NumericDate) {
    writeStaticString("\",\"expiresAt\":")
    writeString(String(expiry.secondsSinceEpoch))
    writeStaticString("}")
  }
}
#endif
