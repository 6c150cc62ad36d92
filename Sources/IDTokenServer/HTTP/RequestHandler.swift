#if Server
import JOSECore
import NIOCore
import NIOHTTP1

/// One HTTP/1.1 connection, or one stream of HTTP/2: reads requests and answers them in their order, one at a time.
///
/// While an answer is outstanding, or the client doesn't read, nothing more is read from the connection: it holds one
/// read of the socket at most, and what one answer needs. The time of a request runs from its first byte to its last, so
/// that a client can't extend it by sending slowly; between requests the idle time applies.
final class RequestHandler: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = Never
  typealias OutboundOut = HTTPServerResponsePart

  enum Version { case http1, http2 }

  private enum State {
    case waiting
    /// The body of an admitted request.
    case reading(Exchange)
    /// The request is complete, and its answer comes later.
    case answering(Exchange)
    /// The rest of a request that has its answer.
    case discarding
    /// What comes is dropped.
    case closing
  }

  private let version: Version
  private let loop: LoopState
  private let client: Client
  private var context: ChannelHandlerContext?
  private var state = State.waiting
  private var held = HeldInput()
  private var (isInRead, isTaking, wantsRead, isDraining) = (false, false, false, false)
  /// Whether the client sends nothing more.
  private var isInputEnded = false
  /// Whether a part of a head has arrived.
  private var isArriving = false
  private let timer: ConnectionTimer

  init(_ version: Version, _ loop: LoopState, _ client: Client) {
    (self.version, self.loop, self.client) = (version, loop, client)
    timer = ConnectionTimer(loop.eventLoop)
  }

  private var responder: IssuerResponder { loop.responder }
}

// MARK: - The connection

extension RequestHandler {
  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { allow(responder.times.idle, context) }
  }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) {
    allow(responder.times.idle, context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer.cancel()
    if case .reading(let exchange) = state { responder.abandon(exchange) }
    state = .closing
    held.removeAll()
    context.fireChannelInactive()
  }

  /// Called with every read of the socket, before it is decoded.
  func bytesArrived(_ count: Int) {
    held.arrived(count)
    if held.isTooMuch { context?.close(promise: nil) }
    guard case .waiting = state, !isArriving else { return }
    isArriving = true
    timer.allow(responder.times.request)
  }

  func read(context: ChannelHandlerContext) {
    if mayRead(context) { context.read() } else { wantsRead = true }
  }

  private func mayRead(_ context: ChannelHandlerContext) -> Bool {
    if case .answering = state { return false }
    return held.isEmpty && context.channel.isWritable
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    isInRead = true
    let part = unwrapInboundIn(data)
    if held.isEmpty, canTake(context) { take(part, context) } else { held.append(part) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    isInRead = false
    context.flush()
    // Most requests are complete by now and need no timer.
    if isArriving || isReading { watch(context) }
    proceed(context)
    context.fireChannelReadComplete()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    proceed(context)
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent { drain(context) }
    // What it has asked for is answered; the rest of a request will not come.
    if case .inputClosed? = event as? ChannelEvent, version == .http1 {
      isInputEnded = true
      proceed(context)
    }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // What follows on what is no HTTP is dropped: closing both directions would discard the answer.
    if error is ByteToMessageDecoderError { return }
    guard error is HTTPParserError else {
      context.close(promise: nil)
      return
    }
    held.error = error
    proceed(context)
  }

  private var isReading: Bool { if case .reading = state { true } else { false } }

  private func canTake(_ context: ChannelHandlerContext) -> Bool {
    switch state {
    case .waiting: context.channel.isWritable
    case .answering: false
    case .reading, .discarding, .closing: true
    }
  }

  /// Takes what has been waiting, as far as that can be answered now.
  private func proceed(_ context: ChannelHandlerContext) {
    guard !isTaking, !isInRead else { return }
    while canTake(context), let part = held.popFirst() { take(part, context) }
    if let error = held.error, held.isEmpty {
      switch state {
      case .waiting: refuse(.unreadable(error), context)
      case .reading(let exchange): refuse(.unreadable(error), exchange)
      case .discarding: finish(context)
      case .answering, .closing: break
      }
    } else if isInputEnded, held.isEmpty {
      switch state {
      case .waiting, .discarding: finish(context)
      case .reading: context.close(promise: nil)
      case .answering, .closing: break
      }
    }
    context.flush()
    guard wantsRead, mayRead(context) else { return }
    wantsRead = false
    context.read()
  }

  private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
    isTaking = true
    defer { isTaking = false }
    switch (part, state) {
    case (.head(let head), .waiting): begin(head, context)
    case (.body(let bytes), .reading(let exchange)): add(bytes, to: exchange, context)
    case (.end, .reading(let exchange)): complete(exchange)
    case (.end, .discarding):
      state = .waiting
      timer.allow(responder.times.idle)
    default: break
    }
  }
}

// MARK: - Requests

extension RequestHandler {
  private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let start = responder.clock.uptime()
    if !isArriving { timer.allow(responder.times.request) }
    isArriving = false
    let exchange = Exchange(head, client, requestID: loop.requestIDs.name(head), at: start)
    if let tracer = responder.tracer { exchange.startSpan(tracer) }
    do throws(Refusal) { try responder.admit(exchange) } catch { return refuse(error, exchange) }
    state = .reading(exchange)
    guard head.expectsContinue, version == .http1 else { return }
    var buffer = context.channel.allocator.buffer(capacity: 32)
    buffer.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
    context.writeAndFlush(NIOAny(buffer), promise: nil)
  }

  private func add(_ bytes: ByteBuffer, to exchange: Exchange, _ context: ChannelHandlerContext) {
    // Of a request that needs no body, it is dropped.
    guard exchange.route.takesBody else { return }
    guard (exchange.body?.readableBytes ?? 0) + bytes.readableBytes <= responder.bodyLimit else {
      return refuse(.tooLong(responder.bodyLimit), exchange)
    }
    if exchange.body == nil { exchange.body = bytes } else { exchange.body?.writeImmutableBuffer(bytes) }
  }

  private func complete(_ exchange: Exchange) {
    state = .answering(exchange)
    responder.answer(exchange, loop, self)
  }

  /// Refuses a request whose rest may still come.
  private func refuse(_ refusal: Refusal, _ exchange: Exchange) {
    var refusal = refusal
    if exchange.head.hasLongBody { refusal.closesConnection = true }
    state = .discarding
    answer(exchange, responder.answer(refusal, exchange))
  }

  /// Refuses what is no request that could be answered by itself, and closes the connection.
  private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
    responder.note(refusal, client)
    loop.metrics(.other, refusal.status).record(nil)
    var answer = Answer(refusal)
    answer.closesConnection = true
    context.write(answer, AnswerContext(date: loop.date(), requestID: "-"), version)
    finish(context)
  }

  /// Writes the answer of a request, on the event loop, at any time after the request was taken.
  func answer(_ exchange: Exchange, _ answer: Answer) {
    responder.ended(exchange, answer, loop.metrics(exchange.route, answer.status))
    guard let context else { return }
    if case .closing = state { return }
    var answer = answer
    answer.isHead = exchange.head.method == .HEAD
    if isDraining || !exchange.keepsConnection || isInputEnded && held.isEmpty {
      answer.closesConnection = true
    }
    let facts = AnswerContext(
      date: loop.date(), requestID: exchange.requestID,
      isHTTP10: version == .http1 && exchange.head.version.isHTTP10)
    context.write(answer, facts, version)
    timer.allow(responder.times.idle)
    if answer.closesConnection, version == .http1 { return finish(context) }
    if case .answering = state { state = .waiting }
    if isInRead || isTaking { return }
    context.flush()
    proceed(context)
  }
}

// MARK: - Ends

extension RequestHandler {
  private func allow(_ time: TimeAmount, _ context: ChannelHandlerContext) {
    timer.allow(time)
    watch(context)
  }

  private func watch(_ context: ChannelHandlerContext) {
    timer.watch { [weak self] in self?.expired() }
  }

  private func expired() {
    guard let context else { return }
    switch state {
    case .reading(let exchange): refuse(.tooSlow, exchange)
    case .waiting where isArriving: refuse(.tooSlow, context)
    case .answering: allow(responder.times.idle, context)
    case .waiting, .discarding, .closing: context.close(promise: nil)
    }
  }

  /// Closes the output once the client has read the answer, for which it has the idle time. Closing both directions would
  /// discard the answer if the client still sends, and so would closing the output of a client that has closed its own.
  private func finish(_ context: ChannelHandlerContext) {
    state = .closing
    held.removeAll()
    allow(responder.times.idle, context)
    if version == .http1 {
      close(context, .output)
    } else {
      context.flush()
      context.close(promise: nil)
    }
    if wantsRead {
      wantsRead = false
      context.read()
    }
  }

  /// Closes once everything is sent.
  private func close(_ context: ChannelHandlerContext, _ mode: CloseMode) {
    let sent = context.eventLoop.makePromise(of: Void.self)
    sent.futureResult.assumeIsolated().whenSuccess { [weak self] in
      guard let self, let context = self.context else { return }
      context.close(mode: mode, promise: nil)
      if context.channel.isActive { self.allow(.seconds(2), context) }
    }
    context.writeAndFlush(NIOAny(ByteBuffer()), promise: sent)
  }

  /// The issuer shuts down: requests in progress have the time of a shutdown.
  private func drain(_ context: ChannelHandlerContext) {
    isDraining = true
    guard version == .http1 else { return }
    if case .waiting = state, held.isEmpty { close(context, .all) }
    let channel = context.channel
    context.eventLoop.scheduleTask(in: responder.times.shutdown) { channel.close(promise: nil) }
  }
}
#endif
