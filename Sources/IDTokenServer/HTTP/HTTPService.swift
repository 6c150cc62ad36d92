#if Server
import IDTokens
import JOSECore
import Logging
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL
import NIOTLS
import ServiceLifecycle
import SystemSupport

/// Listens, and gives each connection its handlers: HTTP/1.1, and over TLS HTTP/2 where the client offers it.
///
/// Every connection stays on one event loop, and every event loop issues tokens by itself.
struct HTTPService: Service {
  let configuration: IssuerConfiguration
  let responder: IssuerResponder
  let certificates: TLSCertificates?
  let logger: Logger
  let onListening: @Sendable (ListeningAddresses) async -> Void
  private let loops = ThreadSpecificVariable<LoopState>()

  init(
    _ configuration: IssuerConfiguration, _ responder: IssuerResponder, _ certificates: TLSCertificates?,
    _ logger: Logger, onListening: @escaping @Sendable (ListeningAddresses) async -> Void
  ) {
    (self.configuration, self.responder, self.certificates) = (configuration, responder, certificates)
    (self.logger, self.onListening) = (logger, onListening)
  }

  /// Until the group shuts down. Then it accepts no more connections, and ends each once its requests are answered.
  func run() async throws {
    let files = OpenFileLimit.current()
    let issuer = try await listen(
      configuration.listening, .port, ConnectionLimit.connections(files: files), certificates)
    var listeners = [issuer]
    do {
      if let address = configuration.operatorListening {
        // Beyond this machine it is encrypted as the rest is.
        listeners.append(
          try await listen(
            address, .operatorListen, ConnectionLimit.operators(files: files),
            address.isLocal ? nil : certificates))
      }
    } catch {
      try? await issuer.channel.close()
      throw error
    }
    await onListening(
      ListeningAddresses(issuer: issuer.address, operators: listeners.dropFirst().first?.address))
    try? await gracefulShutdown()
    for listener in listeners { listener.quiescing.initiateShutdown(promise: listener.drained) }
    for listener in listeners { try await listener.drained.futureResult.get() }
  }

  private struct Listener {
    let channel: any Channel
    let quiescing: ServerQuiescingHelper
    /// Where it listens, with the port that the system has chosen.
    let address: ListeningAddress
    let drained: EventLoopPromise<Void>
  }

  /// - Parameters:
  ///   - setting: the one that has the address, for errors.
  ///   - limit: of its connections.
  ///   - certificates: `nil` for plain HTTP.
  private func listen(
    _ address: ListeningAddress, _ setting: Setting, _ limit: Int?, _ certificates: TLSCertificates?
  ) async throws -> Listener {
    let group = MultiThreadedEventLoopGroup.singleton
    let quiescing = ServerQuiescingHelper(group: group)
    let isOperator = setting == .operatorListen
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            [quiescing.makeServerChannelHandler(channel: channel)]
              + (limit.map { [AcceptLimit($0, logger)] } ?? []))
        }
      }
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      // A client may close its side after its last request, and still gets the answer.
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      // One read of the socket is what a connection may hold beside its request.
      .childChannelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 2048, maximum: 16_384)
      )
      .childChannelOption(
        .writeBufferWaterMark, value: ChannelOptions.Types.WriteBufferWaterMark(low: 16_384, high: 32_768)
      )
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try start(channel, Client(channel.remoteAddress, isOperator: isOperator), certificates)
        }
      }
    let channel = try await bind(bootstrap, address, setting)
    return Listener(
      channel: channel, quiescing: quiescing, address: address.chosen(channel.localAddress?.port),
      drained: channel.eventLoop.makePromise())
  }

  private func bind(
    _ bootstrap: ServerBootstrap, _ address: ListeningAddress, _ setting: Setting
  ) async throws -> any Channel {
    do {
      switch address {
      case .tcp(let host, let port): return try await bootstrap.bind(host: host, port: port).get()
      case .unix(let path):
        // A file that a killed process has left behind is replaced; not the socket of a process that runs.
        let other = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        if let channel = try? await other.connect(unixDomainSocketPath: path).get() {
          try? await channel.close()
          throw SettingsError("\(setting.flag): another process listens on \(address)")
        }
        return try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
      }
    } catch let error as SocketAddressError.UnknownHost {
      let flag = setting == .port ? Setting.host.flag : setting.flag
      throw SettingsError("\(flag): the issuer can't listen on \(address): \(error)")
    } catch let error as IOError {
      throw SettingsError("\(setting.flag): the issuer can't listen on \(address): \(error)")
    }
  }
}

// MARK: - Connections

extension HTTPService {
  private func start(
    _ channel: any Channel, _ client: Client, _ certificates: TLSCertificates?
  ) throws {
    guard let certificates else { return try startHTTP1(channel, client, loop(channel.eventLoop)) }
    let handlers = channel.pipeline.syncOperations
    try handlers.addHandler(certificates.handler())
    try handlers.addHandler(HandshakeHandler(client, responder.times.request))
    let negotiated = NIOLoopBound(client, eventLoop: channel.eventLoop)
    try handlers.addHandler(
      ApplicationProtocolNegotiationHandler { result, channel in
        channel.eventLoop.makeCompletedFuture {
          if case .negotiated("h2") = result {
            try startHTTP2(channel, negotiated.value)
          } else {
            try startHTTP1(channel, negotiated.value, loop(channel.eventLoop))
          }
        }
      })
  }

  func startHTTP1(_ channel: any Channel, _ client: Client, _ loop: LoopState) throws {
    let handler = RequestHandler(.http1, loop, client)
    var limits = NIOHTTPDecoderLimitConfiguration()
    // The setting bounds all fields together, and so each of them.
    limits.maxHeaderFieldSize = configuration.limits.header
    limits.maxHeaderListSize = configuration.limits.header
    limits.maxHeaderFieldCount = 100
    let handlers = channel.pipeline.syncOperations
    try handlers.addHandler(ArrivalHandler(handler))
    try handlers.addHandler(ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: limits)))
    try handlers.addHandler(handler)
  }

  private func startHTTP2(_ channel: any Channel, _ client: Client) throws {
    let bound = NIOLoopBound(client, eventLoop: channel.eventLoop)
    var connection = NIOHTTP2Handler.ConnectionConfiguration()
    connection.initialSettings = [
      HTTP2Setting(parameter: .maxConcurrentStreams, value: 100),
      HTTP2Setting(parameter: .maxHeaderListSize, value: configuration.limits.header),
    ]
    // Lets the streams of a connection end before it is closed at a shutdown.
    let manager = NIOHTTP2ServerConnectionManagementHandler(
      eventLoop: channel.eventLoop,
      configuration: .init(
        maxIdleTime: nil, maxAge: nil, maxGraceTime: responder.times.shutdown, keepalive: nil)
    )
    let handlers = channel.pipeline.syncOperations
    try handlers.addHandler(IdleStateHandler(allTimeout: responder.times.idle))
    try handlers.addHandler(IdleHandler())
    _ = try handlers.configureHTTP2Pipeline(
      mode: .server, connectionConfiguration: connection,
      streamConfiguration: NIOHTTP2Handler.StreamConfiguration(),
      streamDelegate: manager.http2StreamDelegate
    ) { stream in
      stream.eventLoop.makeCompletedFuture {
        let handlers = stream.pipeline.syncOperations
        try handlers.addHandler(HTTP2FramePayloadToHTTP1ServerCodec())
        try handlers.addHandler(RequestHandler(.http2, try loop(stream.eventLoop), bound.value))
      }
    }
    try handlers.addHandler(manager)
  }

  private func loop(_ eventLoop: any EventLoop) throws -> LoopState {
    if let state = loops.currentValue { return state }
    let state = try LoopState(responder, eventLoop)
    loops.currentValue = state
    return state
  }
}

/// Gives TLS the time of a request for its handshake, and takes note of the client certificate.
private final class HandshakeHandler: ChannelInboundHandler {
  typealias InboundIn = Any

  private let client: Client
  private let time: TimeAmount
  private var timer: Scheduled<Void>?

  init(_ client: Client, _ time: TimeAmount) { (self.client, self.time) = (client, time) }

  func handlerAdded(context: ChannelHandlerContext) {
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
  }

  func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted = event as? TLSUserEvent {
      timer?.cancel()
      if let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate(),
        let bytes = try? certificate.toDERBytes()
      {
        client.certificate = try? Fingerprint(of: bytes.span)
      }
    }
    context.fireUserInboundEventTriggered(event)
  }
}

/// Closes a connection of HTTP/2 on which nothing was read or written for the idle time.
private final class IdleHandler: ChannelInboundHandler {
  typealias InboundIn = Any

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }
}

/// The maximum number of open connections. Further ones wait to be accepted.
///
/// Without it a client could use up the process's file descriptors with idle connections. Then neither the ring nor the hosts
/// file could be read: no key would rotate, and no credential could be revoked.
enum ConnectionLimit {
  /// - Parameter files: how many files the process may open; `nil` if unlimited.
  static func connections(files: Int?) -> Int? {
    files.map { max(1, min($0 / 2, $0 - 28), $0 - 128) }
  }

  /// At the operator's address, so that operators reach a busy issuer. A browser opens up to six.
  static func operators(files: Int?) -> Int { max(1, min(32, (files ?? .max) / 4)) }
}

/// Stops accepting while there are as many connections as the limit allows.
private final class AcceptLimit: ChannelDuplexHandler {
  typealias InboundIn = any Channel
  typealias OutboundIn = any Channel

  private let limit: Int
  private let logger: Logger
  private var count = 0
  private var (wantsRead, isLogged) = (false, false)

  init(_ limit: Int, _ logger: Logger) { (self.limit, self.logger) = (limit, logger) }

  func read(context: ChannelHandlerContext) {
    if count < limit { return context.read() }
    wantsRead = true
    if !isLogged { logger.warning("no more connections are accepted", metadata: ["limit": "\(limit)"]) }
    isLogged = true
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    count += 1
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    unwrapInboundIn(data).closeFuture.hop(to: context.eventLoop).whenComplete { _ in
      let (handler, context) = bound.value
      handler.closed(context)
    }
    context.fireChannelRead(data)
  }

  private func closed(_ context: ChannelHandlerContext) {
    count -= 1
    guard wantsRead, count < limit else { return }
    (wantsRead, isLogged) = (false, false)
    context.read()
  }
}
#endif
