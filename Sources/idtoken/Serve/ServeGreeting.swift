#if Server
import Foundation
import IDTokenServer
import IDTokens
import JOSECore
import SessionHost
import SystemSupport

/// The output of `idtoken serve` once it listens.
struct ServeGreeting {
  private let url: String
  private let demo: DemoSetup?

  init(_ configuration: IssuerConfiguration, port: Int, _ demo: DemoSetup?) {
    let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
    let isSocket = configuration.host.hasPrefix("unix:")
    url = isSocket ? configuration.host : "\(configuration.tls == nil ? "http" : "https")://\(host):\(port)"
    self.demo = demo
  }

  func print() throws {
    if let demo {
      for line in try lines(demo) { try Output.line(line, line.hasPrefix("#") ? .faint : .plain) }
    }
    try Output.line("ready on \(url)", .good)
  }

  private func lines(_ demo: DemoSetup) throws -> [String] {
    let directory = FileManager.default.currentDirectoryPath
    let file =
      demo.credentialFile.hasPrefix("/") ? demo.credentialFile : "\(directory)/\(demo.credentialFile)"
    let post = "curl -sS -H \"Authorization: Bearer $(cat '\(file)')\" -H 'Content-Type: application/json'"
    let (first, second) = (try request(DemoSetup.shopifyApp), try request(DemoSetup.openIDApp))
    return [
      "# the operator's page: open \(url)/ in a browser",
      "# a token for \(DemoSetup.shopifyApp): HS256 with its client secret",
      "\(post) -d '\(first)' \(url)/session-token",
      "# a token for \(DemoSetup.openIDApp): ES256 with the ring's key",
      "\(post) -d '\(second)' \(url)/session-token",
      "# both tokens in one request",
      "\(post) -d '{\"requests\":[\(first),\(second)]}' \(url)/session-tokens",
      "# what backends fetch",
      "curl -sS \(url)/.well-known/jwks.json",
      "curl -sS \(url)/.well-known/openid-configuration",
      "# for operators",
      "curl -sS \(url)/healthz",
      "curl -sS \(url)/readyz",
      "curl -sS \(url)/metrics",
      "curl -sS \(url)/openapi.json",
      "",
    ]
  }

  private func request(_ clientID: String) throws -> String {
    let user = UserID(DemoSetup.user)
    let session = Session(
      shopId: 1001, shopDomain: try ShopDomain(DemoSetup.shop), userId: user, locationId: 5, currency: "",
      posVersion: "")
    return try SessionTokenMessage(session: session, user: user, clientID: ClientID(clientID)).json
      .description
  }
}
#endif
