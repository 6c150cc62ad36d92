#if Server
public import IDTokens
public import Logging

/// The checked settings of an issuer.
public struct IssuerConfiguration: Sendable {
  public enum Role: String, CaseIterable, Sendable { case rotates, follows, serves }
  public enum MultiBuffer: String, CaseIterable, Sendable { case on, off }
  public enum LogFormat: String, CaseIterable, Sendable { case text, json }
  public enum AccessLog: String, CaseIterable, Sendable { case on, off }

  public var host: String
  public var port: Int
  /// `nil` if it follows from host and port.
  public var issuer: IssuerURL?
  public var ring: String
  public var passphraseFile: String?
  public var policyFile: String?
  public var role: Role
  public var apps: String
  public var hosts: String
  /// Seconds.
  public var lifetime: Int64
  public var multiBuffer: MultiBuffer
  public var tls: TLSFiles?
  /// `nil` for no operator's endpoints.
  public var operatorListening: ListeningAddress?
  public var operatorCredentialFile: String?
  public var limits: IssuerLimits
  /// Seconds.
  public var shutdownTimeout: Int
  public var logLevel: Logger.Level
  public var logFormat: LogFormat
  public var accessLog: AccessLog

  public init(_ settings: Settings) throws(SettingsError) {
    host = settings.text(.host) ?? ""
    port = try settings.number(.port)
    if host.isEmpty {
      throw settings.error(.host, "it is empty; 127.0.0.1 is this machine alone, 0.0.0.0 every interface")
    }
    issuer = try Self.issuer(settings)
    ring = settings.text(.ring) ?? ""
    (passphraseFile, policyFile) = (settings.text(.passphraseFile), settings.text(.policy))
    role = try settings.choice(.role, Role.self)
    (apps, hosts) = (settings.text(.apps) ?? "", settings.text(.hosts) ?? "")
    lifetime = Int64(try settings.number(.tokenLifetime))
    multiBuffer = try settings.choice(.multiBuffer, MultiBuffer.self)
    tls = try Self.tls(settings)
    operatorCredentialFile = settings.text(.operatorCredentialFile)
    operatorListening = try Self.operatorListening(settings, host: host, port: port)
    limits = try IssuerLimits(settings)
    shutdownTimeout = try settings.number(.shutdownTimeout)
    logLevel = try settings.choice(.logLevel, Logger.Level.self)
    logFormat = try settings.choice(.logFormat, LogFormat.self)
    accessLog = try settings.choice(.accessLog, AccessLog.self)
    guard issuer == nil else { return }
    if port == 0 {
      throw settings.error(.issuer, "it is required with port 0, because every token names its issuer")
    }
    if !LoopbackHost.matches(host) {
      throw settings.error(
        .issuer,
        "it is required if the server listens beyond loopback: give the https URL where backends find this issuer"
      )
    }
  }

  /// Where it listens.
  public var listening: ListeningAddress {
    host.hasPrefix("unix:") ? .unix(path: String(host.dropFirst(5))) : .tcp(host: host, port: port)
  }

  private static func operatorListening(
    _ settings: Settings, host: String, port: Int
  ) throws(SettingsError) -> ListeningAddress? {
    guard let text = settings.text(.operatorListen) else {
      if host.hasPrefix("unix:") { return ListeningAddress(host + ".operator") }
      guard port < 65_535 else {
        throw settings.error(.operatorListen, "there is no port after 65535, so an address is required")
      }
      return .tcp(host: "127.0.0.1", port: port == 0 ? 0 : port + 1)
    }
    if text == "off" { return nil }
    guard let address = ListeningAddress(text) else {
      throw settings.error(
        .operatorListen, "it is \(text.debugDescription), not HOST:PORT, unix:PATH or off")
    }
    guard address.isLocal || settings.text(.operatorCredentialFile) != nil else {
      throw settings.error(
        .operatorListen,
        "others can reach \(address), so set \(Setting.operatorCredentialFile.flag) too")
    }
    return address
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

/// The limits of a server. Each has an answer of its own.
public struct IssuerLimits: Sendable {
  /// Bytes; 413.
  public var body: Int
  /// Bytes; 431.
  public var header: Int
  /// Of each credential; 429.
  public var rate: Rate
  /// 503.
  public var concurrentRequests: Int
  /// Seconds; the connection is closed.
  public var idleTimeout: Int
  /// Seconds; 408.
  public var requestTimeout: Int

  init(_ settings: Settings) throws(SettingsError) {
    body = try settings.number(.bodyLimit)
    header = try settings.number(.headerLimit)
    rate = Rate(perSecond: try settings.number(.rate), burst: try settings.number(.burst))
    concurrentRequests = try settings.number(.concurrentRequests)
    idleTimeout = try settings.number(.idleTimeout)
    requestTimeout = try settings.number(.requestTimeout)
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
