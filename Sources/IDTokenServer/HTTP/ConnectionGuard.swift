#if Server
import HTTPTypes
import JOSECore
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Enforces the timeouts of a connection, and answers malformed and oversized requests.
///
/// The timeout of a request runs from its head to its last byte, so that a client can't extend it by sending slowly.
/// Between requests the idle timeout applies.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  struct Times: Sendable {
    /// How long a connection may wait for the next request, or for the client to read an answer.
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
  /// Whether input is dropped, because the head before it was refused.
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
    // Most requests are complete by now and need no timer.
    if isReading { watch(context) }
    context.fireChannelReadComplete()
    // With an earlier request unanswered, it would be sent out of order. The client continues by itself, later.
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
    // After an answer has begun, no other can be sent on this connection.
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

  /// Schedules a check at the deadline.
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

  /// Answers a request that never reached the responder, and closes the connection.
  private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
    isClosing = true
    onRefusal(refusal, context.channel.remoteAddress)
    for part in refusal.lastAnswer { context.write(wrapOutboundOut(part), promise: nil) }
    finish(context)
  }

  /// Closes the output. Closing both directions would discard the answer if the client still sends.
  private func finish(_ context: ChannelHandlerContext) {
    isClosing = true
    isReading = false
    context.flush()
    context.close(mode: .output, promise: nil)
    allow(.seconds(2), context)
  }
}

extension Error {
  /// Whether it is about a malformed request, not about a lost connection.
  var isAboutHTTP: Bool {
    self is HTTPParserError || String(describing: type(of: self)) == "HTTP1TypeConversionError"
  }
}

extension Refusal {
  static let tooSlow = Refusal(
    .requestTimeout, .invalidRequest, .invalidRequest, "the request took too long to arrive")

  /// The refusal of a malformed or oversized head.
  static func unreadable(_ error: any Error) -> Refusal {
    guard error as? HTTPParserError == .headerOverflow else {
      return .invalidRequest("this is not HTTP/1.1 (RFC 9112)")
    }
    return Refusal(
      .requestHeaderFieldsTooLarge, .invalidRequest, .invalidRequest,
      "the header of this request is too large")
  }

  /// The complete answer, after which the connection is closed.
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
