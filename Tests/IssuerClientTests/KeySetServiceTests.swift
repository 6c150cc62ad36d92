#if Server && Client
import IDTokens
import TestIssuer
import IssuerClient
import JOSECore
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct KeySetServiceTests {
  @Test("the service fetches at the start and before the set is out of date, and ends with its group")
  func background() async throws {
    let keys = try IssuerKeys()
    let fixture = try await KeySetFixture(.jwks(keys, maxAge: 100))
    let remote = try fixture.remote()
    try await testGracefulShutdown { shutdown in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await remote.run() }
        var pauses = fixture.clock.pauses.makeAsyncIterator()
        #expect(await pauses.next() == .seconds(90))
        #expect(fixture.requestCount == 1)
        fixture.clock.advance(by: .seconds(90))
        #expect(await pauses.next() == .seconds(90))
        #expect(fixture.requestCount == 2)
        fixture.clock.advance(by: .seconds(89))
        #expect(try await remote.accepts(keys))
        #expect(fixture.requestCount == 2)
        shutdown.triggerGracefulShutdown()
        try await group.waitForAll()
      }
    }
  }

  @Test("the service finds an issuer that starts after it")
  func late() async throws {
    let keys = try IssuerKeys()
    let fixture = try await KeySetFixture(.json(503, "{}"))
    let remote = try fixture.remote()
    let service = Task { try await remote.run() }
    var pauses = fixture.clock.pauses.makeAsyncIterator()
    #expect(await pauses.next() == .seconds(10))
    fixture.reply = .jwks(keys)
    fixture.clock.advance(by: .seconds(10))
    #expect(await pauses.next() == .seconds(54))
    #expect(try await remote.accepts(keys))
    #expect(fixture.requestCount == 2)
    service.cancel()
    try await service.value
  }
}
#endif
