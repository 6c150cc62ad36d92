#if Server
import IDTokens
public import JOSECore
import KeyRotation
public import Logging
public import Metrics
public import NIOCore
public import ServiceLifecycle
import SessionHost
import SystemSupport
import UnixSignals

/// The HTTP issuer as a service: it rotates keys, issues tokens to hosts and serves keys to backends.
///
/// A crash loses nothing: until when tokens may be valid is on disk before the first of them is signed.
public struct IssuerService: Service {
  public let configuration: IssuerConfiguration
  let parts: [any Service]
  private let logger: Logger

  /// Reads every file, opens the ring and checks that they fit together. It doesn't listen yet.
  ///
  /// - Parameter onListening: called with its addresses once it listens there.
  public init(
    _ configuration: IssuerConfiguration, hooks: OperatorHooks = OperatorHooks(),
    clock: IssuerClock = IssuerClock(),
    metrics factory: any MetricsFactory = MetricsSystem.factory, logger: Logger,
    onListening: @escaping @Sendable (ListeningAddresses) async -> Void = { _ in }
  ) async throws {
    (self.configuration, self.logger) = (configuration, logger)
    let ring = try await configuration.openRing(clock.wall)
    let rotator = KeyRotator(ring, logger: logger)
    let certificates = try configuration.tls.map(TLSCertificates.init)
    let metrics = IssuerMetrics(
      factory, configuration.multiBufferSigner, certificates, startedAt: clock.wall.now)
    let issuer = try configuration.issuer ?? configuration.localIssuer
    var parts: [any Service] = [KeyRotationService(rotator)] + hooks.services
    var routes: TokenRoutes?
    var files = certificates.map(\.watchedFiles) ?? []
    let log = RefusalLog(logger, clock.wall)
    if configuration.role != .serves {
      configuration.multiBufferSigner.log(ring.current, to: logger)
      let dependencies = try TokenDependencies(configuration, ring, issuer, clock.wall, metrics)
      files += dependencies.watchedFiles
      routes = TokenRoutes(
        service: dependencies.service, authenticator: Authenticator(hosts: dependencies.hosts),
        bodyLimit: configuration.limits.body, metrics: metrics, log: log)
    }
    let operations = OperatorRoutes(
      ring: ring, issuer: issuer.text, signs: configuration.role != .serves,
      authorization: OperatorAuthorization(try configuration.operatorCredential()), hooks: hooks,
      metrics: metrics,
      clock: clock.wall)
    let responder = IssuerResponder(
      tokens: routes, documents: PublicDocuments(ring, issuer: issuer), operations: operations,
      configuration, metrics: metrics, log: log,
      accessLog: configuration.accessLog == .on ? AccessLog(logger) : nil, clock: clock)
    if !files.isEmpty {
      parts.append(WatchedFiles(files: files, interval: .seconds(1), logger: logger))
    }
    let facts: Logger.Metadata = [
      "version": "\(PackageVersion.current)", "issuer": "\(issuer.text)", "ring": "\(configuration.ring)",
      "role": "\(configuration.role.rawValue)", "epoch": "\(ring.epoch)",
    ]
    parts.append(
      HTTPService(configuration, responder, certificates, logger) { [logger] addresses in
        var facts = facts
        facts["address"] = "\(addresses.issuer)"
        if let address = addresses.operators { facts["operator_address"] = "\(address)" }
        logger.notice("listening", metadata: facts)
        await onListening(addresses)
      })
    self.parts = parts
  }

  /// Runs until SIGTERM, SIGINT or the shutdown of its service group. Then it accepts no more connections, finishes the
  /// requests in progress, and lets the rotator finish its write.
  public func run() async throws {
    var group = ServiceGroupConfiguration(
      services: parts, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    group.maximumGracefulShutdownDuration = .seconds(configuration.shutdownTimeout)
    try await ServiceGroup(configuration: group).run()
  }
}

/// Where an issuer listens, with the ports that the system has chosen.
public struct ListeningAddresses: Sendable, Hashable {
  public let issuer: ListeningAddress
  /// `nil` where there are no operator's endpoints.
  public let operators: ListeningAddress?
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
  /// The default issuer, for a server that listens on loopback.
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
        "\(Setting.operatorCredentialFile.flag): \(path) holds \(secret.count) bytes, and at least 32 random ones are required; 'openssl rand -hex 32' makes them"
      )
    }
    return secret
  }
}

/// The issuer's clocks: the date for tokens and keys, and a monotonic one for rates and durations.
public struct IssuerClock: Sendable {
  let wall: WallClock
  let uptime: @Sendable () -> NIODeadline

  public init(wall: WallClock = .system, uptime: @escaping @Sendable () -> NIODeadline = { .now() }) {
    (self.wall, self.uptime) = (wall, uptime)
  }
}
#endif
