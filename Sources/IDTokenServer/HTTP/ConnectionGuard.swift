#if Server
import HTTPTypes
import JOSECore
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Keeps a connection to its times, and answers what isn't HTTP or is too much of it.
///
/// The time for a request runs from its first line to its last byte, whatever comes in between: who sends a byte now and
/// then gains nothing by it. Between requests a connection may idle.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  struct Times: Sendable {
    /// How long a connection may wait for a request to begin, or a client to take its answer.
    var idle: TimeAmount
    /// How long a request may take to arrive.
    var request: TimeAmount
  }

  private let times: Times
  private let onRefusal: @Sendable (Refusal, SocketAddress?) -> Void
  /// Requests whose answers aren't written yet.
  private var outstanding = 0
  private var isReading = false
  private var isClosing = false
  /// What comes after a head that nobody may act on isn't handed over.
  private var discardsInput = false
  private var isExpectingContinue = false
  private var deadline = NIODeadline.distantFuture
  private var timer: Scheduled<Void>?
  private var timerAt = NIODeadline.distantFuture

  init(_ times: Times, onRefusal: @escaping @Sendable (Refusal, SocketAddress?) -> Void) {
    (self.times, self.onRefusal) = (times, onRefusal)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { allow(times.idle, context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    allow(times.idle, context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if discardsInput { return }
    var data = data
    switch unwrapInboundIn(data) {
    case .head(var head):
      guard head.hasOneHost else {
        discardsInput = true
        return errorCaught(context: context, error: HTTPParserError.invalidHeaderToken)
      }
      if head.normalizeClose() { data = wrapInboundOut(.head(head)) }
      isExpectingContinue = head.expectsContinue
      outstanding += 1
      isReading = true
      deadline = .now() + times.request
    case .end:
      (isReading, isExpectingContinue) = (false, false)
      deadline = .now() + times.idle
    case .body: isExpectingContinue = false
    }
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // Most requests are here whole by now: no timer is moved for them.
    if isReading { watch(context) }
    context.fireChannelReadComplete()
    // Behind another request its place would be after that one's answer: the client goes on by itself, later.
    guard isExpectingContinue, outstanding == 1, !isClosing else { return }
    isExpectingContinue = false
    context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let part = unwrapOutboundIn(data)
    if case .head(let head) = part, head.headerFields[.connection] == "close" { isClosing = true }
    context.write(data, promise: promise)
    guard case .end = part else { return }
    outstanding = max(0, outstanding - 1)
    if !isReading { deadline = .now() + times.idle }
    if isClosing { finish(context) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // With an answer on its way, or after one, nothing more can be said on this connection.
    guard !isClosing, error.isAboutHTTP else {
      return context.fireErrorCaught(error)
    }
    guard outstanding == 0 else {
      isClosing = true
      return context.fireErrorCaught(error)
    }
    refuse(.unreadable(error), context)
  }

  private func allow(_ time: TimeAmount, _ context: ChannelHandlerContext) {
    deadline = .now() + time
    watch(context)
  }

  /// Sees to it that somebody looks when the time is over.
  private func watch(_ context: ChannelHandlerContext) {
    if timer != nil, timerAt <= deadline { return }
    timer?.cancel()
    timerAt = deadline
    timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
      guard let self else { return }
      self.timer = nil
      self.check(context)
    }
  }

  private func check(_ context: ChannelHandlerContext) {
    guard NIODeadline.now() >= deadline else { return watch(context) }
    if isReading, outstanding == 1, !isClosing {
      refuse(.tooSlow, context)
    } else {
      context.close(promise: nil)
    }
  }

  /// Answers in the place of whom the request never got to, and hangs up.
  private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
    isClosing = true
    onRefusal(refusal, context.channel.remoteAddress)
    for part in refusal.lastAnswer { context.write(wrapOutboundOut(part), promise: nil) }
    finish(context)
  }

  /// Says that nothing more will come. Closing at once would throw the answer away where the client still sends.
  private func finish(_ context: ChannelHandlerContext) {
    isClosing = true
    isReading = false
    context.flush()
    context.close(mode: .output, promise: nil)
    allow(.seconds(2), context)
  }
}

extension Error {
  /// Whether a request that can't be understood is behind it, and not a connection that is gone.
  var isAboutHTTP: Bool {
    self is HTTPParserError || String(describing: type(of: self)) == "HTTP1TypeConversionError"
  }
}

extension Refusal {
  static let tooSlow = Refusal(
    .requestTimeout, .invalidRequest, .invalidRequest, "the request took too long to arrive")

  /// For an error that is about HTTP.
  static func unreadable(_ error: any Error) -> Refusal {
    guard error as? HTTPParserError == .headerOverflow else {
      return .invalidRequest("this is not HTTP/1.1 (RFC 9112)")
    }
    return Refusal(
      .requestHeaderFieldsTooLarge, .invalidRequest, .invalidRequest,
      "the header of this request is too large")
  }

  /// All of an answer after which the connection ends.
  var lastAnswer: [HTTPResponsePart] {
    let body = ByteBuffer(string: json.description)
    let fields: HTTPFields = [
      .contentType: Fields.json, .cacheControl: "no-store", .connection: "close",
      .contentLength: String(body.readableBytes),
    ]
    return [.head(HTTPResponse(status: status, headerFields: fields)), .body(body), .end(nil)]
  }
}
#endif
