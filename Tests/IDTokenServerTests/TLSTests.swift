#if Server
import Foundation
import JOSECore
import TestSupport
import Testing

@testable import IDTokenServer

/// TLS and client certificates, with what `openssl` makes and `curl` says.
@Suite struct TLSTests {
  /// A server's certificate, a host's, and one of somebody else, in a directory.
  private func certificates(in directory: String) async throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    for name in ["server", "till", "stranger"] {
      let made = try await shell(
        """
        cd '\(directory)' && umask 077 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -keyout \(name).key -out \(name).pem -days 2 -subj /CN=\(name) -addext subjectAltName=IP:127.0.0.1
        """)
      try #require(FileManager.default.fileExists(atPath: "\(directory)/\(name).pem"), "\(made)")
    }
  }

  /// With the server's certificate and its key.
  private func flags(
    _ directory: TemporaryDirectory, _ others: [Setting: String] = [:]
  ) -> [Setting: String] {
    let server: [Setting: String] = [
      .tlsCertificate: directory.path + "/server.pem", .tlsPrivateKey: directory.path + "/server.key",
    ]
    return server.merging(others) { $1 }
  }

  /// The host's certificate as the one it is known by.
  private func register(in directory: String) async throws {
    let printed = try await shell("openssl x509 -in '\(directory)/till.pem' -noout -fingerprint -sha256")
    let digits = try #require(printed.split(separator: "=").last).trimmingCharacters(
      in: .whitespacesAndNewlines)
    let hosts = """
      {"hosts": [{"name": "till-1", "certificates": [{"sha256": "\(digits)"}],
        "shops": ["\(DemoSetup.shop)"], "apps": ["loyalty-app"]}]}
      """
    try hosts.write(toFile: directory + "/hosts.json", atomically: true, encoding: .utf8)
  }

  private func curl(_ issuer: RunningIssuer, _ options: String) async throws -> String {
    let body = RunningIssuer.order.description
    return try await shell(
      """
      cd '\(issuer.directory)' && curl -sS -m 10 -w ' %{http_code}' --cacert server.pem \(options) \
      -H 'Content-Type: application/json' -d '\(body)' https://127.0.0.1:\(issuer.port)/session-token
      """)
  }

  @Test("A host is identified by its client certificate; an unknown one, and none, get 401")
  func pinned() async throws {
    let directory = try TemporaryDirectory()
    try await certificates(in: directory.path)
    let flags = flags(directory)
    try await RunningIssuer.with(
      flags: flags, in: directory, prepare: register
    ) { issuer in
      let granted = try await curl(issuer, "--cert till.pem --key till.key")
      #expect(granted.hasSuffix(" 200") && granted.contains("\"token\""), "\(granted)")
      let stranger = try await curl(issuer, "--cert stranger.pem --key stranger.key")
      #expect(stranger.hasSuffix(" 401") && stranger.contains("invalid_client"), "\(stranger)")
      #expect(try await curl(issuer, "").hasSuffix(" 401"))
      #expect(
        issuer.log.refusals.first?.metadata["detail"]?.hasPrefix("unknown client certificate") == true)
    }
  }

  @Test("With --tls-client-ca, other client certificates fail in the handshake")
  func roots() async throws {
    let directory = try TemporaryDirectory()
    try await certificates(in: directory.path)
    let flags = flags(directory, [.tlsClientCA: directory.path + "/ca.pem"])
    _ = try await shell("cd '\(directory.path)' && cp till.pem ca.pem")
    try await RunningIssuer.with(
      flags: flags, in: directory, prepare: register
    ) { issuer in
      #expect(try await curl(issuer, "--cert till.pem --key till.key").hasSuffix(" 200"))
      let stranger = try await curl(issuer, "--cert stranger.pem --key stranger.key")
      #expect(stranger.hasSuffix(" 000") && stranger.contains("curl:"), "\(stranger)")
      // Other authorities are asked for without a restart. What they vouch for still has to be in the hosts file.
      _ = try await shell("cd '\(directory.path)' && cat stranger.pem >> ca.pem")
      try await eventually {
        try await curl(issuer, "--cert stranger.pem --key stranger.key").hasSuffix(" 401")
      }
    }
  }

  @Test("The expiry of the certificate in use is a metric, also after another one is read")
  func expiry() async throws {
    let directory = try TemporaryDirectory()
    try await certificates(in: directory.path)
    let flags = flags(directory)
    let metrics = PrometheusMetrics()
    func days(_ issuer: RunningIssuer) async throws -> Double {
      let text = try await issuer.operatorRequest("/metrics").body
      let line = text.split(separator: "\n").first {
        $0.hasPrefix("idtoken_certificate_expiry_timestamp_seconds ")
      }
      let expiry = try #require(line?.split(separator: " ").last.flatMap { Double($0) })
      return (expiry - Date().timeIntervalSince1970) / 86_400
    }
    try await RunningIssuer.with(
      flags: flags, in: directory, hooks: .standard(metrics, role: .rotates), metrics: metrics
    ) { issuer in
      #expect((1.9...2).contains(try await days(issuer)))
      _ = try await shell(
        "cd '\(directory.path)' && openssl req -x509 -key server.key -out server.pem -days 9 -subj /CN=server"
      )
      try await eventually { try await days(issuer) > 8.9 }
    }
  }

  @Test("HTTP/2 is offered to clients that know it, and its streams are answered side by side")
  func http2() async throws {
    let directory = try TemporaryDirectory()
    try await certificates(in: directory.path)
    let flags = flags(directory)
    try await RunningIssuer.with(flags: flags, in: directory) { issuer in
      let credential = "-H 'Authorization: Bearer \(try issuer.credential)'"
      for (option, version) in [("--http2", "2"), ("--http1.1", "1.1")] {
        let answer = try await curl(issuer, "\(credential) \(option) -w ' %{http_version} %{http_code}'")
        #expect(answer.hasSuffix(" \(version) 200"), "\(answer)")
      }
      let url = "https://127.0.0.1:\(issuer.port)/.well-known/jwks.json"
      let many = try await shell(
        """
        cd '\(directory.path)' && curl -sS -m 20 --http2 --parallel --parallel-max 20 --cacert server.pem \
        -w '%{http_code}:%{http_version} ' \(Array(repeating: "-o /dev/null \(url)", count: 40).joined(separator: " "))
        """)
      #expect(many.matches(of: /200:2/).count == 40, "\(many)")
      let head = try await shell(
        "cd '\(directory.path)' && curl -sSI --http2 -m 10 --cacert server.pem \(url)")
      #expect(head.contains("HTTP/2 200") && head.contains("content-length: "))
    }
  }

  @Test("A new certificate is shown without a restart, and a malformed one leaves the old in effect")
  func renewal() async throws {
    let directory = try TemporaryDirectory()
    try await certificates(in: directory.path)
    let flags = flags(directory)
    try await RunningIssuer.with(flags: flags, in: directory) { issuer in
      func shown() async throws -> String {
        try await shell(
          "openssl s_client -connect 127.0.0.1:\(issuer.port) </dev/null 2>/dev/null | openssl x509 -noout -subject"
        )
      }
      #expect(try await shown().contains("server"))
      _ = try await shell("cd '\(directory.path)' && echo no > server.pem")
      try await eventually { issuer.log.text.contains("a changed file is refused") }
      #expect(try await shown().contains("server"))
      _ = try await shell("cd '\(directory.path)' && cp till.key server.key && cp till.pem server.pem")
      try await eventually { try await shown().contains("till") }
    }
  }

  @Test("A connection without a handshake, and one of HTTP/2 without a stream, are closed in time")
  func silence() async throws {
    let directory = try TemporaryDirectory()
    try await certificates(in: directory.path)
    let flags = flags(directory, [.requestTimeout: "1", .idleTimeout: "2"])
    try await RunningIssuer.with(flags: flags, in: directory) { issuer in
      let start = ContinuousClock.now
      _ = await (try RawConnection(port: issuer.port)).readToEnd()
      let idle = try await shell(
        """
        timeout -s KILL 9 openssl s_client -ign_eof -alpn h2 -connect 127.0.0.1:\(issuer.port) \
        < /dev/null > '\(directory.path)/out' 2> /dev/null; echo $?
        """)
      #expect(ContinuousClock.now - start < .seconds(9) && !idle.contains("137"), "\(idle)")
      let said = try String(contentsOfFile: directory.path + "/out", encoding: .isoLatin1)
      #expect(said.contains("ALPN protocol: h2"))
    }
  }

  @Test("A private key that others can read is refused")
  func exposed() async throws {
    let directory = try TemporaryDirectory()
    try await certificates(in: directory.path)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o644], ofItemAtPath: directory.path + "/server.key")
    let flags = flags(directory)
    let error = await #expect(throws: SettingsError.self) {
      try await RunningIssuer.with(flags: flags, in: directory) { _ in }
    }
    #expect(try #require(error).description.contains("--tls-private-key"))
  }
}
#endif
