#if Server
import Foundation
import IDTokenServer

/// The output of `idtoken serve` once it listens.
struct ServeGreeting {
  private let url: String
  private let operatorURL: String?
  private let demo: DemoSetup?

  init(_ configuration: IssuerConfiguration, _ addresses: ListeningAddresses, _ demo: DemoSetup?) {
    url = Self.url(addresses.issuer, isTLS: configuration.tls != nil)
    operatorURL = addresses.operators.map { Self.url($0, isTLS: configuration.tls != nil && !$0.isLocal) }
    self.demo = demo
  }

  func print() throws {
    if let demo {
      for line in lines(demo) { try Output.line(line, line.hasPrefix("#") ? .faint : .plain) }
    }
    if let operatorURL { try Output.line("operator's page: \(operatorURL)/") }
    try Output.line("ready on \(url)", .good)
  }

  private static func url(_ address: ListeningAddress, isTLS: Bool) -> String {
    switch address {
    case .tcp: "\(isTLS ? "https" : "http")://\(address)"
    case .unix: "\(address)"
    }
  }

  /// They fit a terminal, because the requests are files of the demo.
  private func lines(_ demo: DemoSetup) -> [String] {
    let directory = FileManager.default.currentDirectoryPath
    let path = demo.directory.hasPrefix("/") ? demo.directory : "\(directory)/\(demo.directory)"
    let post = "curl -sS --oauth2-bearer \"$(cat till.credential)\" --json"
    return [
      "# Request a token, in another terminal: HS256 with a client secret, ES256 with the ring's key, both at once.",
      "cd '\(path)'",
      "\(post) @\(DemoSetup.shopifyApp).json \(url)/session-token",
      "\(post) @\(DemoSetup.openIDApp).json \(url)/session-token",
      "\(post) @both-apps.json \(url)/session-tokens",
      "# What backends fetch:",
      "curl -sS \(url)/.well-known/jwks.json",
      "",
    ]
  }
}
#endif
