#if Server && Client
import IDTokens
import TestIssuer
import TestSupport
import IssuerClient
import JOSECore
import SessionHost
import Testing

@Suite(.timeLimit(.minutes(1))) struct ConnectionTests {
  @Test("a connection that is closed before the answer is tried once more", arguments: [1, 2])
  func hungUp(times: Int) async throws {
    let bench = try TokenBench()
    let server = try await ScriptedServer { $0.number < times ? .hangUp : bench.granted }
    let answer = await bench.ask(try bench.source(server.url))
    #expect(server.requests.count == 2)
    if times == 1 {
      #expect(try answer.get() == bench.token)
    } else {
      guard case .unreachable = answer.failure else { throw AskedAgain() }
    }
  }

  @Test("a connection that is kept from the last request and closed since costs nobody a token")
  func keptConnection() async throws {
    let bench = try TokenBench()
    let server = try await ScriptedServer { _ in ScriptedReply(raw: bench.granted.bytes, closes: true) }
    let source = try bench.source(server.url)
    for _ in 0..<20 { #expect(try await source.sessionToken(for: bench.request) == bench.token) }
  }

  @Test("an answer that breaks off has begun, and is not asked for again")
  func brokenOff() async throws {
    let bench = try TokenBench()
    let cut = ScriptedReply(raw: Array(bench.granted.bytes.dropLast(20)), closes: true)
    guard case .unreachable = try await bench.answer(cut).failure else { throw AskedAgain() }
  }

  @Test("a refused connection is tried once more, and then it is said that the issuer can't be reached")
  func refused() async throws {
    let bench = try TokenBench()
    let server = try await ScriptedServer(bench.granted)
    let source = try bench.source(server.url)
    await server.stop()
    guard case .unreachable = await bench.ask(source).failure else { throw AskedAgain() }
  }

  @Test("an issuer that doesn't speak HTTP is told as such, and not asked again")
  func noise() async throws {
    let noise = ScriptedReply(raw: Array("SSH-2.0-OpenSSH_9.9\r\n\r\n".utf8), closes: true)
    guard case .unreachable = try await TokenBench().answer(noise).failure else { throw AskedAgain() }
  }

  @Test("an issuer that never answers costs the time that was said, and is not asked again")
  func silent() async throws {
    let bench = try TokenBench()
    let (asked, continuation) = AsyncStream.makeStream(of: Void.self)
    let server = try await ScriptedServer { _ in
      continuation.yield()
      return await withUnsafeContinuation { (_: UnsafeContinuation<ScriptedReply, Never>) in }
    }
    let clock = ManualClock()
    let source = try bench.source(server.url, timeout: .seconds(4), clock: clock)
    async let answer = bench.ask(source)
    for await _ in asked { break }
    for await pause in clock.pauses {
      #expect(pause == .seconds(4))
      break
    }
    clock.advance(by: .seconds(4))
    #expect(await answer.failure == .deadlineExceeded(.seconds(4)))
    #expect(server.requests.count == 1)
  }

  @Test("an answer that drips byte by byte has no more time than another")
  func dripping() async throws {
    let bench = try TokenBench()
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    let server = try await ScriptedServer(ScriptedReply(raw: Array(head.utf8), closes: false))
    let answer = await bench.ask(try bench.source(server.url, timeout: .milliseconds(500)))
    #expect(answer.failure == .deadlineExceeded(.milliseconds(500)))
  }

  @Test("the default timeout lies below SessionAPI's deadline")
  func below() { #expect(ConnectionOptions().timeout < .seconds(5)) }
}
#endif
