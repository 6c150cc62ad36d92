#if Server
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// SwiftNIO's HTTP/1.1 pipeline as it comes, with the same answer to every request: the least that an issuer on SwiftNIO
/// costs. A program of its own, so that no issuer can ever give such an answer.
/// `FILE` holds an answer: `{"status": 200, "fields": {…}, "body": "…"}`.
@main
enum ConstantAnswers {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard [3, 5].contains(arguments.count), let port = Int(arguments[1]) else {
      FileHandle.standardError.write(Data("usage: constant-answers PORT FILE [CERTIFICATE KEY]\n".utf8))
      exit(64)
    }
    let file = try Data(contentsOf: URL(fileURLWithPath: arguments[2]))
    let answer = try JSONDecoder().decode(Answer.self, from: file)
    var tls: NIOSSLContext?
    if arguments.count == 5 {
      let chain = try NIOSSLCertificate.fromPEMFile(arguments[3])
      let key = try NIOSSLPrivateKey(file: arguments[4], format: .pem)
      tls = try NIOSSLContext(
        configuration: .makeServerConfiguration(
          certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key)))
    }
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
      .serverChannelOption(.backlog, value: 1024)
      .childChannelInitializer { [tls] channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
          try pipeline.configureHTTPServerPipeline()
          try pipeline.addHandler(AnswerHandler(answer))
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
    try await server.closeFuture.get()
  }
}

private final class AnswerHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let head: HTTPResponseHead
  private let body: ByteBuffer
  private var closes = false

  init(_ answer: Answer) {
    head = HTTPResponseHead(
      version: .http1_1, status: .init(statusCode: answer.status),
      headers: HTTPHeaders(answer.fields.map { ($0, $1) }))
    body = ByteBuffer(string: answer.body)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): closes = !head.isKeepAlive
    case .body: break
    case .end:
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      if closes { context.close(promise: nil) }
    }
  }
}

private struct Answer: Decodable {
  let status: Int
  let fields: [String: String]
  let body: String
}
#else
@main enum ConstantAnswers { static func main() { print("Built without the trait Server.") } }
#endif
