import IDTokens
import SessionHost
import TestSupport
import Testing

/// The same sentences for a source in this process and for one behind an issuer's HTTP: an extension can't tell them apart.
@Suite struct SessionTokenContractTests {
  @Test("\"a fresh token each time\"", arguments: Transport.allCases, [true, false])
  func fresh(transport: Transport, isShopify: Bool) async throws {
    let fixture = try Fixture()
    let app = isShopify ? fixture.shopifyApp : fixture.openIDApp
    let api = fixture.controller(tokens: try await fixture.source(transport)).api(for: app)
    let first = try fixture.verify(try #require(try await api.getSessionToken()), as: app)
    let second = try fixture.verify(try #require(try await api.getSessionToken()), as: app)
    #expect(first.tokenID != second.tokenID)
    #expect(first.sessionID == second.sessionID)
    #expect(first.issuedAt == fixture.now)
    #expect(first.subject == "42")
  }

  @Test(
    "\"undefined when it can't be minted: the authenticated user lacks the app permission\"",
    arguments: Transport.allCases)
  func notPermitted(transport: Transport) async throws {
    let fixture = try Fixture()
    let api = fixture.controller(tokens: try await fixture.source(transport)).api(for: fixture.shopifyApp)
    #expect(try await api.getSessionToken() != nil)
    fixture.apps.forbid(fixture.user, toUse: fixture.shopifyApp, in: fixture.shop)
    #expect(try await api.getSessionToken() == nil)
    #expect(fixture.refusals.elements == [.notPermitted])
    fixture.apps.permit(fixture.user, toUse: fixture.shopifyApp, in: fixture.shop)
    #expect(try await api.getSessionToken() != nil)
  }

  @Test("\"the token service answers empty\"", arguments: Transport.allCases)
  func empty(transport: Transport) async throws {
    let fixture = try Fixture()
    let source = try await fixture.source(transport, over: StubSource { _ in nil })
    let api = fixture.controller(tokens: source).api(for: fixture.shopifyApp)
    #expect(try await api.getSessionToken() == nil)
  }

  @Test(
    "\"times out\": a source that never answers doesn't keep the extension waiting",
    arguments: Transport.allCases
  )
  func timesOut(transport: Transport) async throws {
    let fixture = try Fixture()
    // It doesn't even heed its cancellation.
    let deaf = StubSource { _ in
      await withUnsafeContinuation { (_: UnsafeContinuation<IDToken?, Never>) in }
    }
    let source = try await fixture.source(transport, over: deaf)
    let api = fixture.controller(tokens: source, clock: ImpatientClock()).api(for: fixture.shopifyApp)
    #expect(try await api.getSessionToken() == nil)
    #expect(fixture.refusals.elements == [.deadlineExceeded(.seconds(5))])
  }

  @Test("\"or fails\"", arguments: Transport.allCases)
  func fails(transport: Transport) async throws {
    let fixture = try Fixture()
    let source = try await fixture.source(transport, over: StubSource { _ in throw Unreachable() })
    let api = fixture.controller(tokens: source).api(for: fixture.shopifyApp)
    #expect(try await api.getSessionToken() == nil)
    #expect(fixture.refusals.elements.map(\.code) == ["source_failed"])
  }

  @Test(
    "\"It may reject on transport or lifecycle errors\": it throws when the session is closed, and only then",
    arguments: Transport.allCases)
  func closed(transport: Transport) async throws {
    let fixture = try Fixture()
    let controller = fixture.controller(tokens: try await fixture.source(transport))
    let api = controller.api(for: fixture.shopifyApp)
    controller.close()
    await #expect(throws: SessionError.closed) { try await api.getSessionToken() }
  }

  @Test(
    "a session that is closed while a token is on its way throws, and the token is not handed out",
    arguments: Transport.allCases)
  func closedMeanwhile(transport: Transport) async throws {
    let fixture = try Fixture()
    let box = Recorder<SessionController>()
    let source = StubSource { [issuer = fixture.tokenIssuer] request in
      box.elements[0].close()
      return try await issuer.sessionToken(for: request)
    }
    let controller = fixture.controller(tokens: try await fixture.source(transport, over: source))
    box.append(controller)
    let api = controller.api(for: fixture.shopifyApp)
    await #expect(throws: SessionError.closed) { try await api.getSessionToken() }
  }

  @Test(
    "\"It follows the authenticated user: a pinned but unauthenticated staff member gets none\"",
    arguments: Transport.allCases)
  func followsTheAuthenticatedUser(transport: Transport) async throws {
    let fixture = try Fixture()
    let controller = fixture.controller(
      tokens: try await fixture.source(transport), user: nil, staffMember: 42)
    let api = controller.api(for: fixture.shopifyApp)
    #expect(try await api.getSessionToken() == nil)
    #expect(fixture.refusals.elements == [.noAuthenticatedUser])
    controller.authenticate(fixture.user)
    controller.pin(staffMember: 99)
    let claims = try fixture.verify(try #require(try await api.getSessionToken()), as: fixture.shopifyApp)
    #expect(claims.subject == "42")
  }

  @Test(
    "a token that arrives after another user was authenticated is not handed out",
    arguments: Transport.allCases)
  func userChanges(transport: Transport) async throws {
    let fixture = try Fixture()
    let box = Recorder<SessionController>()
    let source = StubSource { [issuer = fixture.tokenIssuer] request in
      box.elements[0].authenticate(UserID(43))
      return try await issuer.sessionToken(for: request)
    }
    let controller = fixture.controller(tokens: try await fixture.source(transport, over: source))
    box.append(controller)
    #expect(try await controller.api(for: fixture.shopifyApp).getSessionToken() == nil)
    #expect(fixture.refusals.elements == [.userChanged])
  }

  @Test(
    "a caller that is cancelled gets its answer at once, though the source never answers",
    arguments: Transport.allCases)
  func cancelled(transport: Transport) async throws {
    let fixture = try Fixture()
    let (asked, askedContinuation) = AsyncStream.makeStream(of: Void.self)
    let deaf = StubSource { _ in
      askedContinuation.yield()
      return await withUnsafeContinuation { (_: UnsafeContinuation<IDToken?, Never>) in }
    }
    let source = try await fixture.source(transport, over: deaf)
    let api = fixture.controller(tokens: source).api(for: fixture.shopifyApp)
    let task = Task { try await api.getSessionToken() }
    for await _ in asked { break }
    task.cancel()
    #expect(try await task.value == nil)
    #expect(fixture.refusals.elements == [.cancelled])
  }

  @Test("a slow source within its deadline is waited for", arguments: Transport.allCases)
  func slowSource(transport: Transport) async throws {
    let fixture = try Fixture()
    let source = StubSource { [issuer = fixture.tokenIssuer] request in
      for _ in 0..<1000 { await Task.yield() }
      return try await issuer.sessionToken(for: request)
    }
    let controller = fixture.controller(tokens: try await fixture.source(transport, over: source))
    #expect(try await controller.api(for: fixture.shopifyApp).getSessionToken() != nil)
  }

  @Test(
    "\"must not reach logs or storage\": a token and what surrounds it print as redacted",
    arguments: Transport.allCases)
  func redacted(transport: Transport) async throws {
    let fixture = try Fixture()
    let source = try await fixture.source(transport)
    let request = SessionTokenRequest(
      session: fixture.controller().session, user: fixture.user, clientID: fixture.shopifyApp,
      sessionID: try .random())
    let token = try #require(try await source.sessionToken(for: request))
    var dumped = ""
    dump(token, to: &dumped)
    dump(source, to: &dumped)
    let registration = try #require(fixture.apps.registrations.first { $0.clientID == fixture.shopifyApp })
    dump(registration, to: &dumped)
    for text in [dumped, "\(token)", String(reflecting: token), "\(fixture.secret)", "\(registration)"] {
      #expect(!text.contains(token.text))
      #expect(!text.contains("a-client-secret"))
    }
  }

  @Test(
    "thousands of concurrent askers all get tokens of their own, in both profiles",
    arguments: Transport.allCases)
  func concurrent(transport: Transport) async throws {
    let fixture = try Fixture()
    let controller = fixture.controller(tokens: try await fixture.source(transport))
    let count = transport == .sameProcess ? 5000 : 500
    for app in [fixture.shopifyApp, fixture.openIDApp] {
      let api = controller.api(for: app)
      let tokens = await withTaskGroup(of: String?.self) { group in
        for _ in 0..<count { group.addTask { try? await api.getSessionToken() } }
        return await group.reduce(into: Set<String>()) { tokens, token in
          if let token { tokens.insert(token) }
        }
      }
      #expect(tokens.count == count)
      _ = try fixture.verify(try #require(tokens.first), as: app)
    }
  }
}
