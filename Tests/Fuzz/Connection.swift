import Foundation
import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import IDTokenServer

/// One connection of HTTP/1.1 to the issuer, and what its client sends and hears.
final class Connection {
  private let loop = EmbeddedEventLoop()
  private let channel: EmbeddedChannel
  private let socket = Socket()
  private let requests = Requests()
  /// Whether the issuer shuts down.
  private(set) var isDraining = false
  private(set) var isHalfClosed = false

  init(_ issuer: Issuer, isLocal: Bool = false) throws {
    Time.nextInput()
    channel = EmbeddedChannel(loop: loop)
    let handlers = channel.pipeline.syncOperations
    try handlers.addHandler(socket)
    let address = try SocketAddress(ipAddress: isLocal ? "127.0.0.1" : "192.0.2.1", port: 4711)
    try issuer.http.startHTTP1(
      channel, Client(address, isOperator: false), LoopState(issuer.http.responder, loop))
    try handlers.addHandler(requests, position: .before(handlers.handler(type: RequestHandler.self)))
    // What is outstanding when more is read is held beside it.
    socket.mayRead = { [unowned self] in answers >= requests.ended || socket.isLastWritten }
    channel.connect(to: address, promise: nil)
    handlers.read()
  }

  var isOpen: Bool { channel.isActive }
  var answers: Int { socket.answers }
  var isReadyForMore: Bool { socket.wantsRead }

  /// The client sends bytes, which are read in one piece.
  func send(_ bytes: some Collection<UInt8>) {
    socket.wantsRead = false
    let handlers = channel.pipeline.syncOperations
    handlers.fireChannelRead(NIOAny(ByteBuffer(bytes: bytes)))
    handlers.fireChannelReadComplete()
    if isOpen { handlers.read() }
  }

  /// Runs what waits, on the event loop and off it.
  func run() {
    repeat {
      Jobs.run()
      loop.run()
    } while Jobs.areWaiting
  }

  func pass(_ time: TimeAmount) {
    socket.hasTimePassed = true
    loop.advanceTime(by: time)
    Time.ofConnection = loop.now
    run()
  }

  /// The client reads no more, or reads again.
  func fill(_ isFull: Bool) {
    guard socket.isFull != isFull, isOpen else { return }
    socket.isFull = isFull
    channel.isWritable = !isFull
    channel.pipeline.fireChannelWritabilityChanged()
  }

  /// The client sends no more.
  func halfClose() {
    (isHalfClosed, socket.isInputClosed) = (true, true)
    channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
  }

  /// The client is gone.
  func abort() {
    socket.isGone = true
    channel.close(promise: nil)
  }

  func drain() {
    isDraining = true
    channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
  }

  /// Waits until it is over, and checks everything that was heard.
  ///
  /// - Returns: the requests, and the answers to them.
  @discardableResult
  func finish() throws -> [(request: Request, answer: HeardAnswer)] {
    run()
    fill(false)
    run()
    require(socket.isFlushed, "what was written was flushed")
    require(!isOpen || isReadyForMore, "a connection is read once its requests are answered")
    let isOver = !isOpen || socket.isLastWritten || isDraining
    require(isOver || answers >= requests.ended, "a request is answered")
    pass(.hours(2))
    require(!isOpen, "a connection has an end")
    let probe = Issuer.shared.http.responder.concurrency
    require(probe.enter(), "no request counts after its connection")
    probe.leave()
    return check(try HeardAnswer.parse(socket.received, requests.all, isCut: socket.isCut))
  }

  private func check(_ answers: [HeardAnswer]) -> [(request: Request, answer: HeardAnswer)] {
    for (index, answer) in answers.enumerated() {
      let isLast = index == answers.count - 1
      guard requests.all.indices.contains(index) else {
        require(isLast && answer.isOfNoRequest && answer.status >= 400, "there is an answer for a request")
        require(answer.closes, "no request, no connection")
        break
      }
      let request = requests.all[index]
      require(answer.status < 500 || answer.status == 501, "no input makes the issuer fail: \(answer.status)")
      if answer.closes {
        require(isLast, "nothing follows the last answer")
        let isDue = isHalfClosed && index + 1 >= requests.ended
        require(
          answer.status >= 400 || !request.head.isKeepAlive || isDraining || isDue,
          "a connection isn't closed before its requests are answered")
      }
      require(request.head.uri.utf8.count <= Issuer.headerLimit, "a target has a limit")
      answer.check(request)
    }
    return Array(zip(requests.all, answers))
  }
}

/// A request as it was decoded.
struct Request {
  let head: HTTPRequestHead
  var body: [UInt8] = []
}

/// What comes out of the decoder.
private final class Requests: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  private(set) var all: [Request] = []
  private(set) var ended = 0

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): all.append(Request(head: head))
    case .body(let bytes): all[all.count - 1].body += Array(buffer: bytes)
    case .end: ended += 1
    }
    context.fireChannelRead(data)
  }
}

/// What the kernel does, and what SwiftNIO does at a socket's end of the pipeline.
private final class Socket: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer

  var mayRead: () -> Bool = { true }
  var wantsRead = false
  /// Whether what is written stays here, because the client doesn't read.
  var isFull = false {
    didSet { if !isFull { flush() } }
  }
  var (isInputClosed, isGone, hasTimePassed) = (false, false, false)
  private var isOutputClosed = false
  /// Whether an answer says that it is the last one.
  private(set) var isLastWritten = false
  /// Whether something that was written was never sent.
  private(set) var isCut = false
  private(set) var received: [UInt8] = []
  private(set) var answers = 0
  private var written: [(bytes: ByteBuffer, promise: EventLoopPromise<Void>?)] = []
  private var flushed = 0
  private var closing: (() -> Void)?
  /// Answers that were begun since the client stopped reading.
  private var answersWhileFull = 0

  var isFlushed: Bool { flushed == written.count }

  func read(context: ChannelHandlerContext) {
    require(mayRead(), "nothing is read while an answer is outstanding")
    wantsRead = true
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let bytes = unwrapOutboundIn(data)
    require(!isOutputClosed, "nothing is written after the end")
    let text = String(buffer: bytes)
    if text.hasPrefix("HTTP/1.1 "), !text.hasPrefix("HTTP/1.1 100 ") {
      isLastWritten = text.contains("\r\nconnection: close\r\n")
      answers += 1
      answersWhileFull = isFull ? answersWhileFull + 1 : 0
      // One may be outstanding, and the last one may follow.
      require(answersWhileFull <= (isLastWritten ? 2 : 1), "a client that doesn't read gets no more answers")
    }
    written.append((bytes, promise))
  }

  func flush(context: ChannelHandlerContext) {
    flushed = written.count
    if !isFull { flush() }
  }

  private func flush() {
    answersWhileFull = 0
    let all = written[..<flushed]
    written.removeFirst(flushed)
    flushed = 0
    for (bytes, promise) in all {
      received += Array(buffer: bytes)
      promise?.succeed(())
    }
    if written.isEmpty, let closing {
      self.closing = nil
      closing()
    }
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    // SwiftNIO closes both directions where the other one is closed already.
    guard mode == .output, !isInputClosed else {
      isCut = isCut || !written.isEmpty
      require(!isCut || isGone || hasTimePassed, "an answer isn't cut while its client has time to read it")
      for (_, promise) in written { promise?.fail(ChannelError.ioOnClosedChannel) }
      (written, flushed) = ([], 0)
      context.close(mode: .all, promise: promise)
      return
    }
    isOutputClosed = true
    promise?.succeed(())
  }
}
