#if Server && Client
import IDTokens
import TestIssuer
import IssuerClient
import JOSECore
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct KeySetServiceTests {
  @Test("as a service it fetches at the start and before the set is out of date, and ends with its group")
  func background() async throws {
    let keys = try IssuerKeys()
    let bench = try await KeyBench(.jwks(keys, maxAge: 100))
    let remote = try bench.remote()
    try await testGracefulShutdown { shutdown in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await remote.run() }
        var pauses = bench.clock.pauses.makeAsyncIterator()
        #expect(await pauses.next() == .seconds(90))
        #expect(bench.requestCount == 1)
        bench.clock.advance(by: .seconds(90))
        #expect(await pauses.next() == .seconds(90))
        #expect(bench.requestCount == 2)
        bench.clock.advance(by: .seconds(89))
        #expect(try await remote.accepts(keys))
        #expect(bench.requestCount == 2)
        shutdown.triggerGracefulShutdown()
        try await group.waitForAll()
      }
    }
  }

  @Test("an issuer that comes up later than its backends is found")
  func late() async throws {
    let keys = try IssuerKeys()
    let bench = try await KeyBench(.json(503, "{}"))
    let remote = try bench.remote()
    let service = Task { try await remote.run() }
    var pauses = bench.clock.pauses.makeAsyncIterator()
    #expect(await pauses.next() == .seconds(10))
    bench.reply = .jwks(keys)
    bench.clock.advance(by: .seconds(10))
    #expect(await pauses.next() == .seconds(54))
    #expect(try await remote.accepts(keys))
    #expect(bench.requestCount == 2)
    service.cancel()
    try await service.value
  }
}
#endif
