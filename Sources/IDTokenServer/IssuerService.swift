#if Server
import HTTPTypes
import Hummingbird
import HummingbirdCore
import IDTokens
import Instrumentation
import JOSECore
import KeyRotation
public import Logging
public import Metrics
import NIOCore
import SystemSupport
public import ServiceLifecycle
import SessionHost
import Synchronization
import Tracing
import UnixSignals

/// The issuer as a service: keys that rotate, hosts that ask for tokens, backends that fetch keys.
///
/// Nothing has to be flushed when it ends, and nothing is lost when it crashes: what rotation has to know of tokens is
/// reserved and durable before the first of them is signed.
public struct IssuerService: Service {
  public let configuration: IssuerConfiguration
  private let parts: [any Service]
  private let application: Application<IssuerResponder>
  private let logger: Logger

  /// Reads every file, opens the ring and checks what fits together. Nothing listens yet.
  ///
  /// - Parameter onListening: told the port once the socket listens.
  public init(
    _ configuration: IssuerConfiguration, hooks: OperatorHooks = OperatorHooks(),
    clock: IssuerClock = IssuerClock(),
    metrics factory: any MetricsFactory = MetricsSystem.factory, logger: Logger,
    onListening: @escaping @Sendable (Int) async -> Void = { _ in }
  ) async throws {
    (self.configuration, self.logger) = (configuration, logger)
    let live = try await configuration.openRing(clock.wall)
    let rotator = KeyRotator(live, onEvent: { $0.log(to: logger) })
    let metrics = IssuerMetrics(factory, configuration.signingLanes)
    let certificates = configuration.tls.map { _ in PeerCertificates() }
    let issuer = try configuration.issuer ?? configuration.localIssuer
    var parts: [any Service] = [KeyRotationService(rotator)] + hooks.services
    var routes: TokenRoutes?
    let log = RefusalLog(logger: logger)
    if configuration.role != .serves {
      configuration.signingLanes.log(live.current, to: logger)
      let counter = try TokenCounter(configuration, live, issuer, clock.wall, metrics)
      parts.append(counter.watched(logger))
      routes = TokenRoutes(
        desk: counter.desk, authenticator: Authenticator(counter.hosts, certificates),
        bodyLimit: configuration.limits.body, metrics: metrics, log: log)
    }
    let operations = OperatorRoutes(
      live: live, issuer: issuer.text, signs: configuration.role != .serves,
      gate: OperatorAuthorization(try configuration.operatorCredential(), issuer: issuer), hooks: hooks,
      metrics: metrics,
      clock: clock.wall,
      startedAt: clock.wall.now)
    let responder = IssuerResponder(
      desk: routes, documents: PublicDocuments(live, issuer: issuer), operations: operations,
      room: ConcurrencyLimit(limit: configuration.limits.concurrentRequests), metrics: metrics, log: log,
      clock: clock,
      tracing: RequestTracing.installed)
    application = Application(
      responder: responder,
      server: try configuration.server(certificates) { refusal, client in
        metrics.refused(refusal.reason)
        log.note(
          refusal,
          LogLine(route: .other, requestID: "-", traceID: nil, client: client?.ipAddress ?? "local"))
      },
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port),
        availableConnectionsDelegate: ConnectionLimit.connections(files: OpenFileLimit.current())
          .map { MaximumAvailableConnections($0, logger: logger) }),
      onServerRunning: { channel in await onListening(channel.localAddress?.port ?? configuration.port) },
      logger: logger)
    self.parts = parts
  }

  /// Runs until it is told to stop (SIGTERM, SIGINT, or the group it is in): then it takes no more connections, finishes
  /// what is in flight, and lets the rotator end what it writes.
  public func run() async throws {
    var group = ServiceGroupConfiguration(
      services: parts + [application], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    group.maximumGracefulShutdownDuration = .seconds(configuration.shutdownTimeout)
    do { try await ServiceGroup(configuration: group).run() } catch let error
      as SocketAddressError.UnknownHost
    {
      throw SettingsError(
        "\(Setting.host.flag): the issuer can't listen on \(configuration.host): \(error)")
    } catch let error as IOError {
      throw SettingsError(
        "\(Setting.port.flag): the issuer can't listen on \(configuration.host):\(configuration.port): \(error)"
      )
    }
  }
}

extension IssuerConfiguration.Role {
  var ofRing: KeyRing.Role {
    switch self {
    case .rotates: .rotates
    case .follows: .follows
    case .serves: .serves
    }
  }
}

extension IssuerConfiguration {
  /// The issuer of a machine that nobody else asks.
  var localIssuer: IssuerURL {
    get throws(IDTokenError) {
      try IssuerURL("\(tls == nil ? "http" : "https")://\(host.contains(":") ? "[\(host)]" : host):\(port)")
    }
  }

  fileprivate func operatorCredential() throws -> SecretBytes? {
    guard let path = operatorCredentialFile else { return nil }
    let secret: SecretBytes
    do { secret = try SecretBytes(contentsOf: path).withoutLineEnd() } catch {
      throw SettingsError("\(Setting.operatorCredentialFile.flag): \(error)")
    }
    guard secret.count >= 32 else {
      throw SettingsError(
        "\(Setting.operatorCredentialFile.flag): \(path) holds \(secret.count) bytes, and 32 at random are needed ('openssl rand -hex 32' makes some)"
      )
    }
    return secret
  }
}

extension RequestTracing {
  /// `nil` where the program has set no tracer up.
  fileprivate static var installed: RequestTracing? {
    let tracer = InstrumentationSystem.tracer
    return tracer is NoOpTracer ? nil : RequestTracing(tracer: tracer)
  }
}
#endif
