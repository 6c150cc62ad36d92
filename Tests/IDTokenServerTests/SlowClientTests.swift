#if Server
import JOSECore
import Logging
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import IDTokenServer

/// Clients that end their side of the connection, read late, or go on after what is no HTTP. SwiftNIO discards what isn't
/// sent yet when both directions are closed.
@Suite struct SlowClientTests {
  /// A connection whose client reads only when the test says so.
  private func withConnection(_ body: (EmbeddedChannel, SlowClient) throws -> Void) async throws {
    let directory = try TemporaryDirectory()
    let demo = DemoSetup(directory.path)
    try demo.make()
    let issuer: [Setting: String] = [.port: "0", .issuer: "https://id.example.com", .idleTimeout: "60"]
    let settings = try Settings(flags: demo.settings.merging(issuer) { $1 })
    let service = try await IssuerService(
      IssuerConfiguration(settings), logger: Logger(label: "issuer") { _ in LogRecorder() })
    let http = try #require(service.parts.compactMap { $0 as? HTTPService }.first)
    try drive(http, body)
  }

  /// On one thread, as an embedded event loop wants it.
  private func drive(_ http: HTTPService, _ body: (EmbeddedChannel, SlowClient) throws -> Void) throws {
    let (channel, client) = (EmbeddedChannel(), SlowClient())
    let handlers = channel.pipeline.syncOperations
    try handlers.addHandler(client)
    try http.startHTTP1(
      channel, Client(nil, isOperator: false), LoopState(http.responder, channel.embeddedEventLoop))
    channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 1), promise: nil)
    try body(channel, client)
    channel.embeddedEventLoop.advanceTime(by: .hours(1))
    #expect(!channel.isActive)
  }

  private static let last = ByteBuffer(
    string: "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")

  @Test("A client has the idle time to read the last answer, and its connection is closed after that")
  func lateReader() async throws {
    try await withConnection { channel, client in
      try channel.writeInbound(Self.last)
      channel.embeddedEventLoop.advanceTime(by: .seconds(50))
      #expect(client.closes.isEmpty && client.unread.contains("HTTP/1.1 200 "))
      client.read()
      #expect(client.closes == [.output])
      channel.embeddedEventLoop.advanceTime(by: .seconds(2))
      #expect(client.closes == [.output, .all])
    }
    try await withConnection { channel, client in
      try channel.writeInbound(Self.last)
      channel.embeddedEventLoop.advanceTime(by: .seconds(60))
      #expect(client.closes == [.all])
    }
  }

  @Test("A client that ends its side before it has read an answer gets it")
  func endBeforeRead() async throws {
    try await withConnection { channel, client in
      try channel.writeInbound(ByteBuffer(string: "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"))
      channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
      #expect(client.closes.isEmpty)
      client.read()
      #expect(client.closes == [.output])
    }
  }

  @Test("A client that is late gets its answer while the issuer shuts down")
  func shutdown() async throws {
    try await withConnection { channel, client in
      try channel.writeInbound(ByteBuffer(string: "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"))
      channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
      #expect(client.closes.isEmpty)
      client.read()
      #expect(client.closes == [.all])
    }
  }

  @Test("A client that sends on after what is no HTTP gets its refusal")
  func noHTTP() async throws {
    try await withConnection { channel, client in
      try channel.writeInbound(ByteBuffer(string: "no HTTP\r\n\r\n"))
      try channel.writeInbound(ByteBuffer(string: "and more of it"))
      #expect(client.closes.isEmpty && client.unread.contains("HTTP/1.1 400 "))
      client.read()
      #expect(client.closes == [.output])
    }
  }

  @Test("A connection holds a bounded number of requests, also where SwiftNIO reads to the client's end")
  func bound() async throws {
    try await withConnection { channel, client in
      channel.isWritable = false
      channel.pipeline.fireChannelWritabilityChanged()
      let request = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
      let piece = ByteBuffer(string: String(repeating: request, count: 16_384 / request.utf8.count))
      for _ in 0..<4 { try channel.writeInbound(piece) }
      #expect(channel.isActive)
      for _ in 4..<12 where channel.isActive { try channel.writeInbound(piece) }
      #expect(client.closes == [.all])
    }
  }

  @Test("What a client has asked for before it ended its side is answered")
  func pipelineWithEnd() async throws {
    try await RunningIssuer.with { issuer in
      let body = RunningIssuer.order.description
      let token =
        "POST /session-token HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(try issuer.credential)\r\n"
        + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
      let raw = try RawConnection(port: issuer.port)
      raw.send(String(repeating: token, count: 5))
      raw.end()
      let answer = await raw.readToEnd()
      #expect(answer.matches(of: /"token":"/).count == 5)
      #expect(answer.matches(of: /connection: close/).count == 1)
    }
  }
}

/// Takes what is written, and says that it is sent once the client reads.
private final class SlowClient: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer

  private(set) var closes: [CloseMode] = []
  private var held: [(text: String, sent: EventLoopPromise<Void>?)] = []
  var unread: String { held.map(\.text).joined() }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    held.append((String(buffer: unwrapOutboundIn(data)), promise))
  }

  func read() {
    let all = held
    held = []
    for item in all { item.sent?.succeed(()) }
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    closes.append(mode)
    guard mode == .all else {
      promise?.succeed(())
      return
    }
    for item in held { item.sent?.fail(ChannelError.ioOnClosedChannel) }
    held = []
    context.close(mode: .all, promise: promise)
  }
}
#endif
