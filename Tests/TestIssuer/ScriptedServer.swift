#if Client
import NIOCore
import NIOPosix
package import NIOSSL
import Synchronization

/// Answers HTTP/1.1 on a port of its own of 127.0.0.1, byte by byte as a test says.
package final class ScriptedServer: Sendable {
  package typealias Script = @Sendable (ScriptedRequest) async -> ScriptedReply

  package let url: String
  private let listener: any Channel
  private let seen: Seen

  /// - Parameters:
  ///   - tls: the server's end of TLS; plain where nothing is said.
  ///   - script: what each request is answered with.
  package init(tls: TLSConfiguration? = nil, _ script: @escaping Script) async throws {
    let context = try tls.map { try NIOSSLContext(configuration: $0) }
    let seen = Seen()
    self.seen = seen
    listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.backlog, value: 1024)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let context {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
          }
          try channel.pipeline.syncOperations.addHandler(Connection(script, seen))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    url = "\(context == nil ? "http" : "https")://127.0.0.1:\(listener.localAddress?.port ?? 0)"
  }

  /// Always the same answer.
  package convenience init(_ reply: ScriptedReply) async throws { try await self.init { _ in reply } }

  deinit { listener.close(promise: nil) }

  /// What has been asked, in order.
  package var requests: [ScriptedRequest] { seen.requests.withLock { $0 } }

  /// From here on connections are refused.
  package func stop() async { try? await listener.close() }
}

final class Seen: Sendable {
  let requests = Mutex<[ScriptedRequest]>([])

  /// The request with its number.
  func number(_ request: ScriptedRequest) -> ScriptedRequest {
    requests.withLock { requests in
      var request = request
      request.number = requests.count
      requests.append(request)
      return request
    }
  }
}

/// One connection: requests in, answers out, one after the other.
private final class Connection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private var received: [UInt8] = []
  private let script: ScriptedServer.Script
  private let seen: Seen

  init(_ script: @escaping ScriptedServer.Script, _ seen: Seen) {
    (self.script, self.seen) = (script, seen)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    received += Array(buffer: unwrapInboundIn(data))
    while let (request, length) = ScriptedRequest.first(of: received) {
      received.removeFirst(length)
      let (request, channel) = (seen.number(request), context.channel)
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
