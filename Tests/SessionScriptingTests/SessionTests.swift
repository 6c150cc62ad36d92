#if JavaScript
import IDTokens
import SessionHost
import SessionScripting
import TestSupport
import Testing

@Suite struct SessionTests {
  let till: Till

  init() throws { till = try Till() }

  static let doors = [
    "shopify.session", "await new Promise((given) => extension('t', (root, api) => given(api.session)))",
  ]

  @Test(
    "an extension reads its session through api.session and through shopify.session", arguments: Self.doors)
  func reads(through door: String) async throws {
    let script =
      "(async () => { const session = \(door); console.log(JSON.stringify(session.currentSession)); })()"
    #expect(
      try await till.said(script, version: "2025-07") == [
        #"{"shopId":1001,"shopDomain":"snow-devil.myshopify.com","locationId":5,"userId":42,"staffMemberId":7,"currency":"CAD","posVersion":"10.6.0"}"#
      ])
  }

  @Test("an extension sees the fields of the API version that it declares")
  func versions() async throws {
    let script =
      "console.log(...Object.keys(shopify.session), ...Object.keys(shopify.session.currentSession))"
    for (version, fields) in [
      ("2022-10", "getSessionToken currentSession shopId shopDomain locationId userId staffMemberId"),
      (
        "2025-07",
        "getSessionToken currentSession shopId shopDomain locationId userId staffMemberId currency posVersion"
      ),
      (
        "2026-04",
        "getSessionToken currentSession deviceId shopId shopDomain locationId userId staffMemberId currency posVersion"
      ),
      (
        "2026-10",
        "getSessionToken currentSession deviceId staffMember shopId shopDomain locationId userId currency posVersion"
      ),
    ] {
      #expect(try await Till().said(script, version: version) == [fields], "\(version)")
    }
  }

  @Test("deviceId is a number")
  func deviceId() async throws {
    let script = "console.log(typeof shopify.session.deviceId, shopify.session.deviceId)"
    #expect(try await till.said(script, version: "2026-04") == ["number 3003"])
  }

  @Test("staffMemberId is absent while nobody is pinned")
  func unpinned() async throws {
    let script = "console.log('staffMemberId' in shopify.session.currentSession)"
    #expect(
      try await till.said(script, by: till.controller(staffMember: nil), version: "2025-01") == ["false"])
  }

  @Test("getSessionToken gives a promise of a token that the app's backend verifies")
  func token() async throws {
    let tokens = Recorder<String>()
    let keep = HostAPI(
      "backend",
      functions: [
        "take": {
          tokens.append($0[0].string ?? "")
          return nil
        }
      ])
    let script = """
      const promise = shopify.session.getSessionToken();
      console.log(promise instanceof Promise, typeof promise);
      promise.then((token) => shopify.backend.take(token));
      """
    #expect(try await till.said(script, apis: [keep]) == ["true object"])
    #expect(try till.verify(try #require(tokens.elements.first)).subject == "42")
  }

  @Test("a permission that is taken away turns the next token into undefined, and back")
  func permission() async throws {
    let running = try await till.host(till.controller()).run(
      """
      extension('pos.home.tile.render', (root) => {
        const ask = () => shopify.session.getSessionToken().then((token) => console.log(typeof token));
        root.appendChild(root.createComponent(Button, {onPress: ask}));
      });
      """)
    for isPermitted in [true, false, true] {
      if isPermitted {
        till.apps.permit(UserID(42), toUse: till.app, in: till.shop)
      } else {
        till.apps.forbid(UserID(42), toUse: till.app, in: till.shop)
      }
      try await running.act("onPress", at: [0])
      try await running.settle()
    }
    #expect(till.lines == ["string", "undefined", "string"])
  }

  @Test("an issuer that never answers turns a token into undefined when the session's deadline is over")
  func issuerDown() async throws {
    let source = StubSource { _ in
      try await StoppedClock().sleep(until: .init(), tolerance: nil)
      return nil
    }
    let script = "shopify.session.getSessionToken().then((token) => console.log(token))"
    let controller = till.controller(tokens: source, clock: ImpatientClock())
    #expect(try await till.said(script, by: controller) == ["undefined"])
  }

  @Test("an issuer that fails turns a token into undefined")
  func issuerFails() async throws {
    struct Down: Error {}
    let script = "shopify.session.getSessionToken().then((token) => console.log(token))"
    let controller = till.controller(tokens: StubSource { _ in throw Down() })
    #expect(try await till.said(script, by: controller) == ["undefined"])
  }

  @Test("getSessionToken rejects with an Error once the host has closed the session, and only then")
  func closed() async throws {
    let controller = till.controller()
    controller.close()
    let script = """
      shopify.session.getSessionToken().catch((error) => console.log(error instanceof Error, error.message));
      """
    #expect(try await till.said(script, by: controller) == ["true the session is closed"])
  }

  @Test("the session that an extension holds stays as it is, and it reads a switch by asking again")
  func locationSwitch() async throws {
    let controller = till.controller()
    let running = try await till.host(controller).run(
      """
      const {session} = shopify;
      const before = session.currentSession;
      const look = () => {
        const now = session.currentSession;
        console.log(before.locationId, now.locationId, before === now, now === session.currentSession);
      };
      extension('t', (root) => root.appendChild(root.createComponent('Button', {look})));
      """)
    try await running.act("look", at: [0])
    controller.switchLocation(to: 6)
    try await running.act("look", at: [0])
    #expect(till.lines == ["5 5 true true", "5 6 false true"])
  }

  @Test(
    "an extension that subscribes to the staff member hears of pinning and unpinning until it unsubscribes")
  func staffMember() async throws {
    let controller = till.controller()
    let running = try await till.host(controller).run(
      """
      const {staffMember} = shopify.session;
      console.log('at first', staffMember.value);
      const end = staffMember.subscribe((value) => {
        console.log('now', value, staffMember.value === value);
        if (value && value.id === 9) end();
      });
      """)
    controller.unpin()
    await till.console.reach(2)
    controller.switchLocation(to: 6)
    controller.pin(staffMember: 9)
    await till.console.reach(3)
    controller.unpin()
    controller.close()
    await running.close()
    #expect(till.lines == [#"at first {"id":7}"#, "now undefined true", #"now {"id":9} true"#])
  }
}
#endif
