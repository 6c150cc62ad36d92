#if Server && Client
import IDTokens
import TestIssuer
import IssuerClient
import JOSECore
import NIOSSL
import SessionHost
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct TLSTests {
  /// What a host that trusts `roots` and shows `identity` gets from a server that asks for a certificate of `clients`.
  private func ask(
    trusting roots: Identity?, showing identity: Identity?
  ) async throws -> Result<IDToken?, IssuerClientError> {
    let (serverIdentity, client) = (try Identity.server.get(), try Identity.client.get())
    var configuration = try serverIdentity.server
    configuration.certificateVerification = .noHostnameVerification
    configuration.trustRoots = .certificates([client.certificate])
    let fixture = try TokenFixture()
    let server = try await ScriptedServer(tls: configuration) { _ in fixture.granted }
    var options = ConnectionOptions()
    var tls = TLSConfiguration.makeClientConfiguration()
    if let roots { tls.trustRoots = .certificates([roots.certificate]) }
    if let identity {
      tls.certificateChain = [.certificate(identity.certificate)]
      tls.privateKey = .privateKey(identity.key)
    }
    options.tls = tls
    let source = try RemoteTokenSource(
      issuer: EndpointURL(server.url), credential: nil, options: options, clock: .fixed(fixture.now))
    let answer = await fixture.ask(source)
    #expect(answer.failure == nil || server.requests.isEmpty, "the host sent a request")
    return answer
  }

  @Test("a host can authenticate with a certificate and no credential")
  func certificate() async throws {
    let token = try await ask(trusting: Identity.server.get(), showing: Identity.client.get()).get()
    #expect(try token?.expiresAt == TokenFixture().token.expiresAt)
  }

  @Test("a host sends nothing to an issuer with an untrusted certificate")
  func untrusted() async throws {
    #expect(try await ask(trusting: nil, showing: Identity.client.get()).failure?.code == .unreachable)
  }

  @Test("a host without the required certificate gets no token")
  func noCertificate() async throws {
    #expect(try await ask(trusting: Identity.server.get(), showing: nil).failure?.code == .unreachable)
  }
}

/// A self-signed certificate and its key.
private struct Identity: Sendable {
  let certificate: NIOSSLCertificate
  let key: NIOSSLPrivateKey

  static let server = Result { try Identity("issuer") }
  static let client = Result { try Identity("till-3") }

  var server: TLSConfiguration {
    get throws {
      .makeServerConfiguration(certificateChain: [.certificate(certificate)], privateKey: .privateKey(key))
    }
  }

  init(_ name: String) throws {
    let directory = try TemporaryDirectory()
    let arguments =
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=\(name) "
      + "-addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out certificate.pem"
    let made = try ChildProcess.installed(
      "openssl", arguments.split(separator: " ").map(String.init), in: directory.path
    ).run()
    try #require(made.status == 0, "\(made.error)")
    certificate = try NIOSSLCertificate.fromPEMFile(directory["certificate.pem"])[0]
    key = try NIOSSLPrivateKey(file: directory["key.pem"], format: .pem)
  }
}
#endif
