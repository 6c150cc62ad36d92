#if Server && Client
import IDTokens
import TestIssuer
import TestSupport
import IssuerClient
import JOSECore
import SessionHost
import Testing

@Suite(.timeLimit(.minutes(1))) struct ConnectionTests {
  @Test("a request is sent once more if its connection closes before the answer", arguments: [1, 2])
  func hungUp(times: Int) async throws {
    let fixture = try TokenFixture()
    let server = try await ScriptedServer { $0.number < times ? .hangUp : fixture.granted }
    let answer = await fixture.ask(try fixture.source(server.url))
    #expect(server.requests.count == 2)
    if times == 1 {
      #expect(try answer.get() == fixture.token)
    } else {
      #expect(answer.failure?.code == .unreachable)
    }
  }

  @Test("every request succeeds though the server closes each kept connection")
  func keptConnection() async throws {
    let fixture = try TokenFixture()
    let server = try await ScriptedServer { _ in ScriptedReply(raw: fixture.granted.bytes, closes: true) }
    let source = try fixture.source(server.url)
    for _ in 0..<20 { #expect(try await source.sessionToken(for: fixture.request) == fixture.token) }
  }

  @Test("a request is not repeated if the answer breaks off")
  func brokenOff() async throws {
    let fixture = try TokenFixture()
    let cut = ScriptedReply(raw: Array(fixture.granted.bytes.dropLast(20)), closes: true)
    #expect(try await fixture.answer(cut).failure?.code == .unreachable)
  }

  @Test("an issuer that refuses connections is unreachable")
  func refused() async throws {
    let fixture = try TokenFixture()
    let server = try await ScriptedServer(fixture.granted)
    let source = try fixture.source(server.url)
    await server.stop()
    #expect(await fixture.ask(source).failure?.code == .unreachable)
  }

  @Test("an issuer that does not speak HTTP is unreachable, and not asked again")
  func noise() async throws {
    let noise = ScriptedReply(raw: Array("SSH-2.0-OpenSSH_9.9\r\n\r\n".utf8), closes: true)
    #expect(try await TokenFixture().answer(noise).failure?.code == .unreachable)
  }

  @Test("an issuer that never answers costs the timeout, and is not asked again")
  func silent() async throws {
    let fixture = try TokenFixture()
    let (asked, continuation) = AsyncStream.makeStream(of: Void.self)
    let server = try await ScriptedServer { _ in
      continuation.yield()
      return await withUnsafeContinuation { (_: UnsafeContinuation<ScriptedReply, Never>) in }
    }
    let clock = ManualClock()
    let source = try fixture.source(server.url, timeout: .seconds(4), clock: clock)
    async let answer = fixture.ask(source)
    for await _ in asked { break }
    for await pause in clock.pauses {
      #expect(pause == .seconds(4))
      break
    }
    clock.advance(by: .seconds(4))
    #expect(await answer.failure == .deadlineExceeded(.seconds(4)))
    #expect(server.requests.count == 1)
  }

  @Test("the timeout holds for an answer that never ends")
  func dripping() async throws {
    let fixture = try TokenFixture()
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    let server = try await ScriptedServer(ScriptedReply(raw: Array(head.utf8), closes: false))
    let answer = await fixture.ask(try fixture.source(server.url, timeout: .milliseconds(500)))
    #expect(answer.failure == .deadlineExceeded(.milliseconds(500)))
  }

  @Test("the default timeout is below SessionAPI's deadline")
  func below() { #expect(ConnectionOptions().timeout < .seconds(5)) }
}
#endif
