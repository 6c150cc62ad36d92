#if Server
import ArgumentParser
import IDTokenServer

/// A flag for each setting. They are text until the environment and the file have been asked too.
struct ServeOptions: ParsableArguments {
  @Option(help: .setting(.host)) var host: String?
  @Option(help: .setting(.port)) var port: String?
  @Option(help: .setting(.issuer)) var issuer: String?
  @Option(help: .setting(.ring)) var ring: String?
  @Option(help: .setting(.passphraseFile)) var passphraseFile: String?
  @Option(help: .setting(.policy)) var policy: String?
  @Option(help: .setting(.role)) var role: String?
  @Option(name: .customLong("apps-file"), help: .setting(.apps)) var apps: String?
  @Option(name: .customLong("hosts-file"), help: .setting(.hosts)) var hosts: String?
  @Option(help: .setting(.tokenLifetime)) var tokenLifetime: String?
  @Option(help: .setting(.tlsCertificate)) var tlsCertificate: String?
  @Option(help: .setting(.tlsPrivateKey)) var tlsPrivateKey: String?
  @Option(name: .customLong("tls-client-ca"), help: .setting(.tlsClientCA)) var tlsClientCA: String?
  @Option(help: .setting(.operatorCredentialFile)) var operatorCredentialFile: String?
  @Option(help: .setting(.bodyLimit)) var bodyLimit: String?
  @Option(help: .setting(.headerLimit)) var headerLimit: String?
  @Option(help: .setting(.rate)) var rate: String?
  @Option(help: .setting(.burst)) var burst: String?
  @Option(help: .setting(.concurrentRequests)) var concurrentRequests: String?
  @Option(help: .setting(.idleTimeout)) var idleTimeout: String?
  @Option(help: .setting(.requestTimeout)) var requestTimeout: String?
  @Option(help: .setting(.shutdownTimeout)) var shutdownTimeout: String?
  @Option(help: .setting(.logLevel)) var logLevel: String?
  @Option(help: .setting(.logFormat)) var logFormat: String?

  /// What was given.
  var flags: [Setting: String] {
    let all: [Setting: String?] = [
      .host: host, .port: port, .issuer: issuer, .ring: ring, .passphraseFile: passphraseFile,
      .policy: policy,
      .role: role, .apps: apps, .hosts: hosts, .tokenLifetime: tokenLifetime,
      .tlsCertificate: tlsCertificate,
      .tlsPrivateKey: tlsPrivateKey, .tlsClientCA: tlsClientCA,
      .operatorCredentialFile: operatorCredentialFile,
      .bodyLimit: bodyLimit, .headerLimit: headerLimit, .rate: rate, .burst: burst,
      .concurrentRequests: concurrentRequests, .idleTimeout: idleTimeout, .requestTimeout: requestTimeout,
      .shutdownTimeout: shutdownTimeout, .logLevel: logLevel, .logFormat: logFormat,
    ]
    return all.compactMapValues(\.self)
  }
}

extension ArgumentHelp {
  fileprivate static func setting(_ setting: Setting) -> ArgumentHelp {
    let standard = setting.standard.map { " (default: \($0))" } ?? ""
    return ArgumentHelp("\(setting.help) [\(setting.environment), \"\(setting.rawValue)\"]\(standard)")
  }
}
#endif
