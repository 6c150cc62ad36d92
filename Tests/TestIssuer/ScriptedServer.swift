#if Client
import NIOCore
import NIOPosix
package import NIOSSL
import Synchronization

/// A server of HTTP/1.1 on a free port of 127.0.0.1, whose answers a test writes byte by byte.
package final class ScriptedServer: Sendable {
  package typealias Script = @Sendable (ScriptedRequest) async -> ScriptedReply

  package let url: String
  private let listener: any Channel
  private let log: RequestLog

  /// - Parameters:
  ///   - tls: without it, the server speaks plain HTTP.
  ///   - script: makes the answer to each request.
  package init(tls: TLSConfiguration? = nil, _ script: @escaping Script) async throws {
    let context = try tls.map { try NIOSSLContext(configuration: $0) }
    let log = RequestLog()
    self.log = log
    listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.backlog, value: 1024)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let context {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
          }
          try channel.pipeline.syncOperations.addHandler(Connection(script, log))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    url = "\(context == nil ? "http" : "https")://127.0.0.1:\(listener.localAddress?.port ?? 0)"
  }

  /// A server with the same answer to every request.
  package convenience init(_ reply: ScriptedReply) async throws { try await self.init { _ in reply } }

  deinit { listener.close(promise: nil) }

  /// The requests so far, in order.
  package var requests: [ScriptedRequest] { log.requests.withLock { $0 } }

  /// Refuses connections from now on.
  package func stop() async { try? await listener.close() }
}

private final class RequestLog: Sendable {
  let requests = Mutex<[ScriptedRequest]>([])

  /// - Returns: the request with its number.
  func append(_ request: ScriptedRequest) -> ScriptedRequest {
    requests.withLock { requests in
      var request = request
      request.number = requests.count
      requests.append(request)
      return request
    }
  }
}

/// One connection, whose requests may be pipelined.
private final class Connection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private var received: [UInt8] = []
  private let script: ScriptedServer.Script
  private let log: RequestLog

  init(_ script: @escaping ScriptedServer.Script, _ log: RequestLog) {
    (self.script, self.log) = (script, log)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    received += Array(buffer: unwrapInboundIn(data))
    while let (request, length) = ScriptedRequest.first(of: received) {
      received.removeFirst(length)
      let (request, channel) = (log.append(request), context.channel)
      Task { [script] in
        let reply = await script(request)
        if !reply.bytes.isEmpty {
          try? await channel.writeAndFlush(ByteBuffer(bytes: reply.bytes))
        }
        if reply.closes { try? await channel.close() }
      }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
#endif
