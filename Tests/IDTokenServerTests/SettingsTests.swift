#if Server
import Foundation
import IDTokens
import TestSupport
import Testing

@testable import IDTokenServer

@Suite struct SettingsTests {
  private func configuration(
    _ flags: [Setting: String] = [:], _ environment: [String: String] = [:], file: String? = nil
  ) throws -> IssuerConfiguration {
    guard let file else { return try IssuerConfiguration(Settings(flags: flags, environment: environment)) }
    let directory = try TemporaryDirectory()
    let path = try directory.write(file, to: "settings.json")
    return try IssuerConfiguration(Settings(flags: flags, environment: environment, file: path))
  }

  @Test("A flag overrides the environment, and the environment overrides the file")
  func precedence() throws {
    let file = #"{"port": 1, "rate": 7, "body_limit": "2048"}"#
    let read = try configuration([.port: "3"], ["IDTOKEN_PORT": "2", "IDTOKEN_RATE": "5"], file: file)
    #expect(read.port == 3 && read.limits.rate.perSecond == 5 && read.limits.body == 2048)
    #expect(read.role == .rotates && read.limits.header == 16_384 && read.lifetime == 60)
  }

  @Test("Every default and every end of a range is accepted by its setting", arguments: Setting.allCases)
  func defaults(setting: Setting) throws {
    let definition = setting.definition
    #expect((definition.standard == nil) != (definition.unset == nil))
    let settings = try Settings(flags: [:])
    switch definition.kind {
    case .text: #expect(settings.text(setting) == definition.standard)
    case .number(let range, _):
      #expect(range.contains(try settings.number(setting)))
      for end in [range.lowerBound, range.upperBound] {
        #expect(try Settings(flags: [setting: "\(end)"]).number(setting) == end)
      }
    case .choice(let names): #expect(names.contains(try #require(settings.text(setting))))
    }
  }

  @Test(
    "The earlier name of a setting is read in the environment and the file",
    arguments: [
      (["IDTOKEN_MULTI_BUFFER": "off"], nil), (["IDTOKEN_LANES": "off"], nil),
      ([:], #"{"multi_buffer": "off"}"#), ([:], #"{"lanes": "off"}"#),
    ])
  func earlierName(environment: [String: String], file: String?) throws {
    #expect(try configuration([:], environment, file: file).multiBuffer == .off)
  }

  static let refusals: [([Setting: String], [String: String], String?, String)] = [
    ([.port: "http"], [:], nil, "--port: it is \"http\", not a whole number from 0 to 65535"),
    (
      [:], ["IDTOKEN_PORT": "70000"], nil,
      "IDTOKEN_PORT: it is \"70000\", not a whole number from 0 to 65535"
    ),
    ([:], ["IDTOKEN_PROT": "1"], nil, "the environment variable IDTOKEN_PROT is not a setting"),
    ([:], [:], #"{"prot": 1}"#, "has the unknown member \"prot\""),
    ([:], [:], #"{"port": true}"#, "not a string or an integer"),
    ([:], [:], #"{"role": "leads"}"#, "not one of rotates, follows, serves"),
    ([.issuer: "id.example.com"], [:], nil, "--issuer: \"id.example.com\" is not an issuer URL"),
    ([.host: "0.0.0.0"], [:], nil, "--issuer: it is required if the server listens beyond loopback"),
    ([.port: "0"], [:], nil, "set it with --issuer, IDTOKEN_ISSUER, or issuer in the file"),
    (
      [.tokenLifetime: "90000"], [:], nil,
      "--token-lifetime: it is \"90000\", not a whole number from 1 to 86400"
    ),
    (
      [.tlsCertificate: "a.pem"], [:], nil,
      "--tls-private-key: there is a certificate, and no private key for it"
    ),
    ([.tlsClientCA: "a.pem"], [:], nil, "--tls-client-ca: client certificates need TLS"),
    ([:], ["IDTOKEN_LANES": "no"], nil, "IDTOKEN_LANES: it is \"no\", not one of on, off"),
    (
      [:], ["IDTOKEN_LANES": "on", "IDTOKEN_MULTI_BUFFER": "off"], nil,
      "IDTOKEN_LANES and IDTOKEN_MULTI_BUFFER are the same setting"
    ),
  ]

  @Test(
    "A setting that can't be used is refused, with its name in the source that has it", arguments: refusals)
  func refused(
    flags: [Setting: String], environment: [String: String], file: String?, reason: String
  ) throws {
    let error = #expect(throws: SettingsError.self) { try configuration(flags, environment, file: file) }
    let text = try #require(error).description
    #expect(text.contains(reason), "\(text)")
  }

  @Test("An app with an algorithm that the ring lacks is refused before the server listens")
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

/// One list of settings: what else names them is compared with it.
@Suite struct SettingsTableTests {
  private static func run(_ arguments: String...) throws -> (status: Int32, output: String) {
    var process = ChildProcess.built("idtoken", arguments)
    process.environment = ["COLUMNS": "500"]
    let outcome = try process.run()
    return (outcome.status, outcome.output + outcome.error)
  }

  @Test("--help has every setting's flag, variable, meaning and default, and no other flag of the kind")
  func help() throws {
    let help = try Self.run("serve", "--help").output.split(whereSeparator: \.isWhitespace).joined(
      separator: " ")
    for setting in Setting.allCases {
      let text = "\(setting.flag) <\(setting.flag.dropFirst(2))> \(setting.help) [\(setting.environment)]"
      #expect(help.contains("\(text) (\(setting.standing))"), "\(text)")
    }
    let flags =
      help.split(separator: "SETTINGS:").last?.matches(of: /(--[a-z-]+) </).map { String($0.1) } ?? []
    #expect(flags.sorted() == (Setting.allCases.map(\.flag) + ["--config", "--demo"]).sorted())
  }

  @Test(
    "The flag of every number and choice sets it, under its earlier name too", arguments: Setting.allCases)
  func flags(setting: Setting) throws {
    if case .text = setting.definition.kind { return }
    for name in setting.names {
      let run = try Self.run("serve", Setting.flag(name), "bad")
      #expect(run.status == 78 && run.output.contains("\(setting.flag): it is \"bad\", not"), "\(run.output)")
    }
  }

  @Test("A setting under both its names is refused")
  func bothNames() throws {
    let run = try Self.run("serve", "--multi-buffer", "on", "--lanes", "off")
    #expect(run.status == 64 && run.output.contains("--multi-buffer and --lanes are the same setting."))
  }

  @Test("The article about the issuer has the table of settings")
  func article() throws {
    var folder = URL(filePath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    let file = folder.appending(path: "Sources/IDTokens/IDTokens.docc/HTTPIssuer.md")
    let text = try String(contentsOf: file, encoding: .utf8)
    if ProcessInfo.processInfo.environment["UPDATE_DOCUMENTATION"] != nil {
      let table = /\| setting \| default \| \|\n(\|.*\n)*/
      try text.replacing(table, with: Setting.documentation).write(
        to: file, atomically: true, encoding: .utf8)
    } else {
      #expect(
        text.contains(Setting.documentation),
        "UPDATE_DOCUMENTATION=1 swift test --filter SettingsTableTests writes the table")
    }
  }
}
#endif
