#if Server
import IDTokens
import JOSECore
import KeyRotation
import Logging
import SessionHost

/// What tokens are issued by: apps, hosts and the desk between them, from the files that the configuration names.
struct TokenCounter {
  let hosts: HostRegistry
  let desk: TokenService
  private let apps: JSONFileApps

  init(
    _ configuration: IssuerConfiguration, _ live: KeyRing, _ issuer: IssuerURL, _ clock: WallClock,
    _ metrics: IssuerMetrics
  ) throws {
    apps = try JSONFileApps(configuration.apps)
    hosts = try HostRegistry(configuration.hosts, standard: configuration.limits.rate)
    desk = try TokenService(
      SessionTokenIssuer(
        apps, url: issuer, ring: live, lifetime: .seconds(configuration.lifetime), clock: clock,
        multiBuffer: configuration.signingLanes), metrics)
    try Self.check(apps.registrations, configuration, live.current.ring.policy)
  }

  /// Better now than with the first token.
  private static func check(
    _ registrations: [AppRegistration], _ configuration: IssuerConfiguration, _ policy: RotationPolicy
  ) throws {
    guard configuration.lifetime <= policy.tokenLifetime else {
      throw SettingsError(
        "\(Setting.tokenLifetime.flag): it is \(configuration.lifetime), and the ring's policy has token_lifetime \(policy.tokenLifetime)s, after which keys may go"
      )
    }
    for app in registrations where !app.signedResponseAlgorithm.isSymmetric {
      guard policy.algorithms.contains(app.signedResponseAlgorithm) else {
        throw SettingsError(
          "\(configuration.apps): app \(app.clientID.text) gets \(app.signedResponseAlgorithm), and the ring in \(configuration.ring) signs with \(policy.algorithms.map(\.rawValue).joined(separator: ", "))"
        )
      }
    }
  }

  func watched(_ logger: Logger) -> WatchedFiles {
    WatchedFiles(
      files: [
        WatchedFile(path: hosts.path) { [hosts] in try hosts.reload() },
        WatchedFile(path: apps.path, secrets: { [apps] in apps.secretFiles }) { [apps] in
          try apps.reload()
        },
      ], interval: .seconds(1), logger: logger)
  }
}
#endif
