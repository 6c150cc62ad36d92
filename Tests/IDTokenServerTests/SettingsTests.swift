#if Server
import Foundation
import IDTokens
import Testing

@testable import IDTokenServer

@Suite struct SettingsTests {
  private func configuration(
    _ flags: [Setting: String] = [:], _ environment: [String: String] = [:], file: String? = nil
  ) throws -> IssuerConfiguration {
    guard let file else { return try IssuerConfiguration(Settings(flags: flags, environment: environment)) }
    let path = NSTemporaryDirectory() + "settings-\(UUID().uuidString).json"
    try file.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try IssuerConfiguration(Settings(flags: flags, environment: environment, file: path))
  }

  @Test("a flag counts before the environment, and that before the file")
  func order() throws {
    let file = #"{"port": 1, "rate": 7, "body_limit": "2048"}"#
    let read = try configuration([.port: "3"], ["IDTOKEN_PORT": "2", "IDTOKEN_RATE": "5"], file: file)
    #expect(read.port == 3 && read.limits.rate.perSecond == 5 && read.limits.body == 2048)
    #expect(read.role == .rotates && read.limits.header == 16_384 && read.lifetime == 60)
  }

  static let refusals: [([Setting: String], [String: String], String?, String)] = [
    ([.port: "http"], [:], nil, "--port: it is \"http\", not a whole number from 0 to 65535"),
    (
      [:], ["IDTOKEN_PORT": "70000"], nil,
      "IDTOKEN_PORT: it is \"70000\", not a whole number from 0 to 65535"
    ),
    ([:], ["IDTOKEN_PROT": "1"], nil, "the environment variable IDTOKEN_PROT is no setting"),
    ([:], [:], #"{"prot": 1}"#, "has the unknown member \"prot\""),
    ([:], [:], #"{"port": true}"#, "not a string or an integer"),
    ([:], [:], #"{"role": "leads"}"#, "not one of rotates, follows, serves"),
    ([.issuer: "id.example.com"], [:], nil, "--issuer: \"id.example.com\" is no issuer URL"),
    ([.host: "0.0.0.0"], [:], nil, "--issuer: it is needed where others than this machine can ask"),
    ([.port: "0"], [:], nil, "set it with --issuer, IDTOKEN_ISSUER, or issuer in the file"),
    ([.tokenLifetime: "90000"], [:], nil, "--token-lifetime: 90000"),
    (
      [.tlsCertificate: "a.pem"], [:], nil,
      "--tls-private-key: there is a certificate, and no private key for it"
    ),
    ([.tlsClientCA: "a.pem"], [:], nil, "--tls-client-ca: client certificates need TLS"),
  ]

  @Test("a setting that can't be used is refused by its name where it stands", arguments: refusals)
  func refused(
    flags: [Setting: String], environment: [String: String], file: String?, reason: String
  ) throws {
    let error = #expect(throws: SettingsError.self) { try configuration(flags, environment, file: file) }
    let text = try #require(error).description
    #expect(text.contains(reason), "\(text)")
  }

  @Test("what can't work together is refused before anything listens")
  func misfits() async throws {
    let prepare = { (directory: String) in
      let apps = #"{"apps": [{"client_id": "one", "id_token_signed_response_alg": "ES384"}]}"#
      try apps.write(toFile: directory + "/apps.json", atomically: true, encoding: .utf8)
    }
    let error = await #expect(throws: SettingsError.self) {
      try await RunningIssuer.with(prepare: prepare) { _ in }
    }
    #expect(try #require(error).description.contains("app one gets ES384, and the ring in"))
  }
}
#endif
