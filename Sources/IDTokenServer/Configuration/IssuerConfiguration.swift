#if Server
public import IDTokens
public import Logging
import NIOCore

/// How the issuer runs, checked.
public struct IssuerConfiguration: Sendable {
  public enum Role: String, CaseIterable, Sendable { case rotates, follows, serves }
  public enum Lanes: String, CaseIterable, Sendable { case on, off }
  public enum LogFormat: String, CaseIterable, Sendable { case text, json }

  public var host: String
  public var port: Int
  /// `nil` where it follows from the port.
  public var issuer: IssuerURL?
  public var ring: String
  public var passphraseFile: String?
  public var policyFile: String?
  public var role: Role
  public var apps: String
  public var hosts: String
  /// Seconds.
  public var lifetime: Int64
  public var lanes: Lanes
  public var tls: TLSFiles?
  public var operatorCredentialFile: String?
  public var limits: IssuerLimits
  public var shutdownTimeout: Int
  public var logLevel: Logger.Level
  public var logFormat: LogFormat

  public init(_ settings: Settings) throws(SettingsError) {
    host = settings.text(.host) ?? ""
    port = try settings.number(.port, in: 0...65_535)
    if host.isEmpty {
      throw settings.error(.host, "it is empty; 127.0.0.1 is this machine alone, 0.0.0.0 everywhere")
    }
    issuer = try Self.issuer(settings)
    ring = settings.text(.ring) ?? ""
    (passphraseFile, policyFile) = (settings.text(.passphraseFile), settings.text(.policy))
    role = try settings.choice(.role, Role.self)
    (apps, hosts) = (settings.text(.apps) ?? "", settings.text(.hosts) ?? "")
    lifetime = Int64(try settings.number(.tokenLifetime, in: 1...Int(PreparedToken.longestLifetime)))
    lanes = try settings.choice(.lanes, Lanes.self)
    tls = try Self.tls(settings)
    operatorCredentialFile = settings.text(.operatorCredentialFile)
    limits = try IssuerLimits(settings)
    shutdownTimeout = try settings.number(.shutdownTimeout, in: 1...3600)
    logLevel = try settings.choice(.logLevel, Logger.Level.self)
    logFormat = try settings.choice(.logFormat, LogFormat.self)
    if issuer == nil, port == 0 {
      throw settings.error(
        .issuer, "it is needed where the port is taken as it comes, for tokens name their issuer")
    }
    if issuer == nil, !LoopbackHost.matches(host) {
      throw settings.error(
        .issuer,
        "it is needed where others than this machine can ask: the https URL under which backends find this issuer"
      )
    }
  }

  private static func issuer(_ settings: Settings) throws(SettingsError) -> IssuerURL? {
    guard let text = settings.text(.issuer) else { return nil }
    do { return try IssuerURL(text) } catch { throw settings.error(.issuer, "\(error)") }
  }

  private static func tls(_ settings: Settings) throws(SettingsError) -> TLSFiles? {
    switch (settings.text(.tlsCertificate), settings.text(.tlsPrivateKey)) {
    case (nil, nil):
      if settings.text(.tlsClientCA) != nil {
        throw settings.error(
          .tlsClientCA, "client certificates need TLS: give --tls-certificate and --tls-private-key too")
      }
      return nil
    case (let certificate?, let privateKey?):
      return TLSFiles(
        certificate: certificate, privateKey: privateKey, clientCA: settings.text(.tlsClientCA))
    case (nil, _):
      throw settings.error(.tlsCertificate, "there is a private key, and no certificate for it")
    case (_, nil): throw settings.error(.tlsPrivateKey, "there is a certificate, and no private key for it")
    }
  }
}

/// Where the issuer draws its lines. Each has an answer of its own.
public struct IssuerLimits: Sendable {
  /// Bytes; 413.
  public var body = 262_144
  /// Bytes; 431.
  public var header = 16_384
  /// For each credential; 429.
  public var rate = Rate.standard
  /// 503.
  public var concurrentRequests = 1024
  /// Seconds; the connection is closed.
  public var idleTimeout = 60
  /// Seconds; 408.
  public var requestTimeout = 10

  public init() {}

  init(_ settings: Settings) throws(SettingsError) {
    body = try settings.number(.bodyLimit, in: 1024...(16 << 20))
    header = try settings.number(.headerLimit, in: 1024...(1 << 20))
    rate = Rate(
      perSecond: try settings.number(.rate, in: 1...Rate.largest),
      burst: try settings.number(.burst, in: 1...Rate.largest))
    concurrentRequests = try settings.number(.concurrentRequests, in: 1...1_000_000)
    idleTimeout = try settings.number(.idleTimeout, in: 1...3600)
    requestTimeout = try settings.number(.requestTimeout, in: 1...3600)
  }
}

/// PEM files.
public struct TLSFiles: Sendable {
  public var certificate: String
  public var privateKey: String
  public var clientCA: String?

  public init(certificate: String, privateKey: String, clientCA: String? = nil) {
    (self.certificate, self.privateKey, self.clientCA) = (certificate, privateKey, clientCA)
  }
}
#endif
