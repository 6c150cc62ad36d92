#if Server
import Logging

/// A setting of `idtoken serve`; the raw value is its name in the settings file.
///
/// This is the only list of settings: flags, environment variables, members of the file, `--help` and the table in the
/// documentation follow from it.
public enum Setting: String, CaseIterable, Sendable {
  case host, port, issuer
  case ring
  case passphraseFile = "passphrase_file"
  case policy, role
  case apps = "apps_file"
  case hosts = "hosts_file"
  case tokenLifetime = "token_lifetime"
  case multiBuffer = "multi_buffer"
  case tlsCertificate = "tls_certificate"
  case tlsPrivateKey = "tls_private_key"
  case tlsClientCA = "tls_client_ca"
  case operatorListen = "operator_listen"
  case operatorCredentialFile = "operator_credential_file"
  case bodyLimit = "body_limit"
  case headerLimit = "header_limit"
  case rate, burst
  case concurrentRequests = "concurrent_requests"
  case idleTimeout = "idle_timeout"
  case requestTimeout = "request_timeout"
  case shutdownTimeout = "shutdown_timeout"
  case logLevel = "log_level"
  case logFormat = "log_format"
  case accessLog = "access_log"

  var definition: Definition {
    switch self {
    case .host:
      Definition(
        .text, "Address to listen on, or unix:PATH for a Unix domain socket.", default: "127.0.0.1")
    case .port: Definition(.number(0...65_535), "Port to listen on. 0 picks a free port.", default: "8080")
    case .issuer:
      Definition(
        .text, "URL of the issuer, the iss of its tokens: https, or http for loopback.",
        unset: "http://HOST:PORT if the server listens on loopback, else required")
    case .ring:
      Definition(.text, "Directory of the key ring. It is created if it is missing.", default: "Keys/ring")
    case .passphraseFile:
      Definition(.text, "File with the passphrase of the ring's private keys.", unset: "no passphrase")
    case .policy:
      Definition(
        .text, "File with the rotation policy.",
        unset: "policy.json beside the ring, else the policy that the ring has")
    case .role:
      Definition(
        .choice(IssuerConfiguration.Role.self),
        "rotates: rotates the keys and issues tokens. follows: issues tokens with keys that another process rotates. serves: publishes keys and issues no tokens.",
        default: "rotates")
    case .apps:
      Definition(.text, "File with the apps and the permissions of their users.", default: "apps.json")
    case .hosts:
      Definition(
        .text, "File with the hosts that may request tokens, written by 'idtoken hosts'.",
        default: "hosts.json")
    case .tokenLifetime:
      Definition(.number(1...86_400, .seconds), "How long a token is valid.", default: "60")
    case .multiBuffer:
      Definition(
        .choice(IssuerConfiguration.MultiBuffer.self),
        "Signs up to eight tokens at once if the processor and an installed library support it.",
        default: "on",
        formerly: "lanes")
    case .tlsCertificate:
      Definition(
        .text, "PEM file with the server's certificate, followed by its intermediate certificates.",
        unset: "plain HTTP")
    case .tlsPrivateKey:
      Definition(.text, "PEM file with the certificate's private key.", unset: "plain HTTP")
    case .tlsClientCA:
      Definition(
        .text, "PEM file with the root certificates that client certificates must be issued by.",
        unset: "a client certificate is accepted by its fingerprint in the hosts file alone")
    case .operatorListen:
      Definition(
        .text, "Address of the operator's page and /metrics: HOST:PORT, unix:PATH, or off.",
        unset: "127.0.0.1 and the port after the issuer's; for unix:PATH, unix:PATH.operator")
    case .operatorCredentialFile:
      Definition(
        .text,
        "File with the operator credential. If it is set, /metrics and the page require it. It has to be set if other machines can reach their address.",
        unset: "no credential")
    case .bodyLimit:
      Definition(.number(1024...16 << 20, .bytes), "Maximum size of a request's body.", default: "262144")
    case .headerLimit:
      Definition(.number(1024...1 << 20, .bytes), "Maximum size of a request's header.", default: "16384")
    case .rate:
      Definition(
        .number(1...Rate.largest, .tokensPerSecond),
        "Rate limit of each credential without a rate in the hosts file.",
        default: "100")
    case .burst:
      Definition(
        .number(1...Rate.largest, .tokens),
        "Burst limit of each credential without a rate in the hosts file.",
        default: "200")
    case .concurrentRequests:
      Definition(
        .number(1...1_000_000), "Maximum number of concurrent requests. Further ones get 503.",
        default: "1024")
    case .idleTimeout:
      Definition(
        .number(1...3600, .seconds), "How long a connection may stay open between requests.", default: "60")
    case .requestTimeout:
      Definition(.number(1...3600, .seconds), "How long a request may take to arrive.", default: "10")
    case .shutdownTimeout:
      Definition(
        .number(1...3600, .seconds), "How long requests in progress may take after SIGTERM.", default: "30")
    case .logLevel: Definition(.choice(Logger.Level.self), "Least level that is logged.", default: "info")
    case .logFormat:
      Definition(
        .choice(IssuerConfiguration.LogFormat.self),
        "Format of the log, one line per entry on standard error.",
        default: "text")
    case .accessLog:
      Definition(
        .choice(IssuerConfiguration.AccessLog.self), "Logs a line for every request, at the level info.",
        default: "off")
    }
  }
}

extension Setting {
  /// What a setting accepts, its meaning in one or two sentences, and what applies if it isn't set.
  struct Definition {
    enum Kind {
      case text
      case number(ClosedRange<Int>, Unit? = nil)
      case choice([String])

      static func choice<Choice: CaseIterable & RawRepresentable>(_: Choice.Type) -> Kind
      where Choice.RawValue == String { .choice(Choice.allCases.map(\.rawValue)) }
    }

    enum Unit: String {
      case seconds, bytes, tokens
      case tokensPerSecond = "tokens per second"
    }

    let kind: Kind
    let meaning: String
    /// `nil` if there is no default; `unset` then says what applies.
    let standard: String?
    let unset: String?
    /// An earlier name, which is still read.
    let formerName: String?

    init(
      _ kind: Kind, _ meaning: String, default standard: String? = nil, unset: String? = nil,
      formerly formerName: String? = nil
    ) {
      (self.kind, self.meaning, self.standard, self.unset) = (kind, meaning, standard, unset)
      self.formerName = formerName
    }
  }

  /// The setting of this name in a file, the earlier names included.
  init?(name: String) {
    guard let setting = Self.allCases.first(where: { $0.names.contains(name) }) else { return nil }
    self = setting
  }

  /// The name in the file, then an earlier one.
  public var names: [String] { [rawValue] + (definition.formerName.map { [$0] } ?? []) }

  public var flag: String { Self.flag(rawValue) }
  public var environment: String { Self.environment(rawValue) }

  package static func flag(_ name: String) -> String { "--" + name.replacing("_", with: "-") }
  package static func environment(_ name: String) -> String { "IDTOKEN_" + name.uppercased() }

  /// What `--help` and the documentation say.
  public var help: String { definition.meaning + (values.map { " \($0)." } ?? "") }

  /// `default: 8080`.
  public var standing: String {
    if let standard = definition.standard { return "default: \(standard)" }
    return "if not set: \(definition.unset ?? "nothing")"
  }

  /// `Seconds, 1 to 3600`, `on or off`; `nil` for a text.
  private var values: String? {
    switch definition.kind {
    case .text: nil
    case .number(let range, let unit):
      "\(unit?.rawValue.capitalizedFirst ?? "A number"), \(range.lowerBound) to \(range.upperBound)"
    case .choice(let names): "One of \(names.joined(separator: ", "))"
    }
  }

  /// The table of the documentation, in Markdown.
  package static var documentation: String {
    let rows = allCases.map { setting in
      "| `\(setting.rawValue)` | \(setting.definition.standard.map { "`\($0)`" } ?? "–") | \(setting.documentation) |"
    }
    return (["| setting | default | |", "|---|---|---|"] + rows).joined(separator: "\n") + "\n"
  }

  private var documentation: String {
    help + (definition.unset.map { " If not set: \($0)." } ?? "")
      + (definition.formerName.map { " Formerly `\($0)`, which is still read." } ?? "")
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
#endif
