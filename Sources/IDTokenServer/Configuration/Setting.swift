#if Server
/// What can be set, by its name in the file. The flag and the environment variable follow from it.
public enum Setting: String, CaseIterable, Sendable {
  case host, port, issuer
  case ring
  case passphraseFile = "passphrase_file"
  case policy, role
  case apps = "apps_file"
  case hosts = "hosts_file"
  case tokenLifetime = "token_lifetime"
  case lanes
  case tlsCertificate = "tls_certificate"
  case tlsPrivateKey = "tls_private_key"
  case tlsClientCA = "tls_client_ca"
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
}

extension Setting {
  public var flag: String { "--" + rawValue.replacing("_", with: "-") }

  public var environment: String { "IDTOKEN_" + rawValue.uppercased() }

  public var help: String {
    switch self {
    case .host: "Address to listen on."
    case .port: "Port to listen on; 0 takes one that is free."
    case .issuer:
      "URL of the issuer (iss), https; left out, http://HOST:PORT where only this machine can reach it."
    case .ring: "Directory of the key ring; made with the policy if there is none."
    case .passphraseFile: "File with the passphrase of the ring's private keys."
    case .policy:
      "File with the rotation policy; left out, policy.json beside the ring, else the ring's own."
    case .role:
      "rotates (takes the steps that are due), follows (another process does) or serves (keys alone, no tokens)."
    case .apps: "File with the apps and the permissions of their users."
    case .hosts: "File with the hosts that may ask for tokens ('idtoken hosts add' writes it)."
    case .tokenLifetime: "Seconds that a token is valid, 1 to 86400."
    case .lanes:
      "on (eight signatures at a time, where the processor and an installed library can) or off."
    case .tlsCertificate:
      "PEM file with the certificate and what stands between it and its root: serves HTTPS."
    case .tlsPrivateKey: "PEM file with the certificate's private key."
    case .tlsClientCA:
      "PEM file with the roots of client certificates; left out, a host's certificate is known by its fingerprint alone."
    case .operatorCredentialFile:
      "File with the credential for /metrics and the page; an issuer that others can reach shows them to nobody without it."
    case .bodyLimit: "Bytes that a request's body may have."
    case .headerLimit: "Bytes that a request's header may have."
    case .rate: "Tokens a second for each credential, where the hosts file has no rate."
    case .burst: "Tokens at once for each credential, where the hosts file has no rate."
    case .concurrentRequests: "Requests that are worked on at once; beyond it the answer is 503."
    case .idleTimeout: "Seconds that a connection may wait for its next request."
    case .requestTimeout: "Seconds that a request may take to arrive."
    case .shutdownTimeout: "Seconds that requests in flight have when the issuer is told to stop."
    case .logLevel: "trace, debug, info, notice, warning, error or critical."
    case .logFormat: "text or json, one line each on standard error."
    }
  }

  /// What holds where nothing is said; `nil` where nothing does.
  public var standard: String? {
    switch self {
    case .host: "127.0.0.1"
    case .port: "8080"
    case .ring: "Keys/ring"
    case .role: "rotates"
    case .apps: "apps.json"
    case .hosts: "hosts.json"
    case .tokenLifetime: "60"
    case .lanes: "on"
    case .bodyLimit: "262144"
    case .headerLimit: "16384"
    case .rate: "100"
    case .burst: "200"
    case .concurrentRequests: "1024"
    case .idleTimeout: "60"
    case .requestTimeout: "10"
    case .shutdownTimeout: "30"
    case .logLevel: "info"
    case .logFormat: "text"
    case .issuer, .passphraseFile, .policy, .tlsCertificate, .tlsPrivateKey, .tlsClientCA,
      .operatorCredentialFile:
      nil
    }
  }
}
#endif
