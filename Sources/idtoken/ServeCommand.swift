#if Server
import ArgumentParser
import Foundation
import IDTokenServer
import SystemSupport

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Run the issuer: hosts ask it for tokens, backends fetch its keys.",
    discussion: """
      Each setting is a flag, an environment variable or a member of the JSON file that --config names; a flag counts \
      before the environment, and that before the file. Secrets stand in files of their own, never in a setting. The key \
      ring is made if there is none. Changes of the files of apps and hosts take effect within seconds. SIGTERM ends \
      it: what is in flight is finished first.

      ENDPOINTS
        POST /session-token                     a token for a host's user
        POST /session-tokens                    up to 256 of them
        GET  /.well-known/jwks.json             the public keys
        GET  /.well-known/openid-configuration  the issuer's metadata
        GET  /healthz, /readyz                  whether it runs, and is ready
        GET  /, /metrics, /openapi.json         for operators

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

  @Option(help: "JSON file with settings. [IDTOKEN_CONFIG]") var config: String?
  @Option(
    help:
      "Make a set-up for a look in this directory, if it isn't there, and print a curl line for each endpoint."
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
    // Given to the issuer alone, not to the process by `MetricsSystem.bootstrap`: no library here counts anything by itself,
    // and one that does some day should be asked about its names and how many before they are on the operator's page.
    let metrics = PrometheusMetrics()
    let service = try await IssuerService(
      configuration, hooks: .standard(metrics, role: configuration.role), metrics: metrics,
      logger: configuration.makeLogger()
    ) { port in
      try? ServeGreeting(configuration, port: port, demo).print()
    }
    try await service.run()
  }
}
#endif
