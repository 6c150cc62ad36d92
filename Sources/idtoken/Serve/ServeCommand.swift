#if Server
import ArgumentParser
import Foundation
import IDTokenServer
import SystemSupport

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Run the HTTP issuer, which issues tokens to hosts and publishes its keys.",
    discussion: """
      Each setting is a flag, an environment variable or a member of the JSON file given by --config. A flag overrides \
      the environment, and the environment overrides the file. Secrets are in files of their own, never in a setting. \
      Changes of the apps file and the hosts file take effect within seconds. On SIGTERM the server finishes the \
      requests in progress and exits.

      ENDPOINTS
        POST /session-token                     a token for a user of a host
        POST /session-tokens                    up to 256 tokens
        GET  /.well-known/jwks.json             the public keys
        GET  /.well-known/openid-configuration  the issuer's metadata
        GET  /healthz, /readyz                  liveness and readiness
        GET  /openapi.json                      this interface
      At the address of --operator-listen:
        GET  /, /metrics                        for operators

      EXAMPLES
        idtoken serve --demo Keys/demo
        idtoken hosts add till-1 --shop snow-devil.myshopify.com \\
          --app loyalty-app --output till-1.credential
        idtoken serve --issuer https://id.example.com --host 0.0.0.0 \\
          --port 443 --tls-certificate chain.pem --tls-private-key key.pem
        IDTOKEN_ROLE=follows idtoken serve --config /etc/idtoken/serve.json

      A FILE FOR --config
        {"issuer": "https://id.example.com", "host": "0.0.0.0",
         "port": 8080, "ring": "/var/lib/idtoken/ring",
         "apps_file": "/etc/idtoken/apps.json",
         "hosts_file": "/etc/idtoken/hosts.json"}
      """)

  @Option(help: "JSON file with settings. [IDTOKEN_CONFIG] (if not set: no file)") var config: String?
  @Option(
    help:
      "Directory for a demonstration: creates apps, a host and keys if they are missing, and prints how to request a token."
  )
  var demo: String?
  @OptionGroup(title: "Settings") var options: ServeOptions

  func run() async throws {
    let demo = demo.map(DemoSetup.init)
    try demo?.make()
    let environment = ProcessInfo.processInfo.environment
    let settings = try Settings(
      flags: options.flags.merging(demo?.settings ?? [:]) { given, _ in given }, environment: environment,
      file: config ?? environment["IDTOKEN_CONFIG"])
    let configuration = try IssuerConfiguration(settings)
    // Not installed by `MetricsSystem.bootstrap`, so that /metrics has the issuer's own metrics only.
    let metrics = PrometheusMetrics()
    let service = try await IssuerService(
      configuration, hooks: .standard(metrics, role: configuration.role), metrics: metrics,
      logger: configuration.makeLogger()
    ) { addresses in
      try? ServeGreeting(configuration, addresses, demo).print()
    }
    try await service.run()
  }
}
#endif
