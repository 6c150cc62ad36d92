#if JavaScript
import IDTokens
import JOSECore
import SessionHost
import SessionScripting
import Synchronization
import TestSupport
import Testing

@Suite struct EngineTests {
  let till: Till

  init() throws { till = try Till() }

  @Test("what a script throws has its name, message, stack, file and line")
  func exception() async throws {
    let script = """
      function inner() {
        throw new TypeError('no shop');
      }
      inner();
      """
    let error = await #expect(throws: ScriptError.self) {
      try await till.host(till.controller()).run(script, file: "shop.js")
    }
    guard case .exception(let exception) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(exception.name == "TypeError" && exception.message == "no shop")
    #expect(exception.file == "shop.js" && exception.line == 2)
    #expect(exception.stack?.hasPrefix("inner@shop.js") == true)
    #expect("\(exception)" == "shop.js:2: TypeError: no shop")
  }

  @Test(
    "whatever is thrown is an exception with a text",
    arguments: [
      ("throw 'text'", "text"), ("throw 7", "7"), ("throw undefined", "undefined"), ("throw null", "null"),
      ("throw Symbol('s')", "Symbol(s)"), ("throw {message: 'm'}", "m"),
      ("throw Object.create(null)", "something that has no text"),
      ("throw {get message() { throw 1 }, toString() { throw 2 }}", "something that has no text"),
      ("syntax error", "Unexpected identifier 'error'"),
    ])
  func thrown(script: String, message: String) async throws {
    let error = await #expect(throws: ScriptError.self) {
      try await till.host(till.controller()).run(script)
    }
    guard case .exception(let exception) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(exception.message == message)
  }

  static let spins = [
    "for (;;) {}", "extension('t', () => { for (;;) {} })", "Promise.resolve().then(() => { for (;;) {} })",
    "try { for (;;) {} } finally { for (;;) {} }", "throw {get message() { for (;;) {} }}",
  ]

  @Test("an extension that spins is ended, and its host goes on", arguments: spins)
  func spin(script: String) async throws {
    let host = try till.host(till.controller(), timeLimit: .milliseconds(50))
    try #require(try await host.run("").hasTimeLimit)
    let error = await #expect(throws: ScriptError.self) { try await host.run(script) }
    let limit = "\(ScriptError.timeLimit(.milliseconds(50)))"
    // A value that spins when its text is read is thrown all the same, without a text.
    #expect(error?.description == (script.hasPrefix("throw") ? "something that can't be described" : limit))
    #expect(try await till.said("console.log('another')") == ["another"])
  }

  @Test("an extension that spins later is stopped: its host is told, and hears nothing more of it")
  func spinLater() async throws {
    let controller = till.controller()
    let running = try await till.host(controller, timeLimit: .milliseconds(50)).run(
      "shopify.session.staffMember.subscribe(() => { console.log('spinning'); for (;;) {} })")
    controller.unpin()
    await till.errors.reach(1)
    #expect(till.errors.elements == [.timeLimit(.milliseconds(50))])
    #expect(running.failure == .timeLimit(.milliseconds(50)))
    controller.pin(staffMember: 9)
    await #expect(throws: ScriptError.timeLimit(.milliseconds(50))) { try await running.settle() }
    #expect(till.lines == ["spinning"])
  }

  /// The engine begins to count anew with each reaction of a promise. In a process of its own, for the thread goes on.
  @Test("a script that the engine can't end doesn't keep its host, nor another extension")
  func unresponsive() async {
    await #expect(processExitsWith: .success) {
      let till = try Till()
      let host = try till.host(till.controller(), timeLimit: .milliseconds(50), clock: ImpatientClock())
      await #expect(throws: ScriptError.unresponsive(.seconds(10))) {
        try await host.run("(async () => { for (;;) await null; })()")
      }
      #expect(try await till.said("console.log('another')") == ["another"])
    }
  }

  @Test("a rejection that nothing handles is told to the host, one that is handled isn't")
  func rejections() async throws {
    _ = try await till.host(till.controller()).run(
      "Promise.reject(new RangeError('lost')); Promise.reject(new Error('found')).catch(() => {})")
    await till.errors.reach(1)
    #expect(till.errors.elements.map { "\($0)" }.count == 1)
    #expect("\(till.errors.elements[0])".hasSuffix("RangeError: lost"))
  }

  @Test("what a subscriber throws is told to the host and keeps no other from hearing")
  func throwingSubscriber() async throws {
    let controller = till.controller()
    let running = try await till.host(controller).run(
      """
      shopify.session.staffMember.subscribe(() => { throw new Error('first') });
      shopify.session.staffMember.subscribe(() => console.log('second'));
      """)
    controller.unpin()
    await till.console.reach(1)
    #expect(till.lines == ["second"])
    #expect(till.errors.elements.count == 1)
    await running.close()
  }

  @Test("timers fire in the host's time, once or again and again, and not when they are cleared")
  func timers() async throws {
    let running = try await till.host(till.controller(), clock: TimerClock()).run(
      """
      clearTimeout(setTimeout(() => console.log('never'), 1));
      setTimeout((word) => console.log(word), 5, 'once');
      let count = 0;
      const beat = setInterval(() => { console.log('beat'); if (++count === 3) clearInterval(beat); }, 1);
      """)
    await till.console.reach(4)
    #expect(till.lines.sorted() == ["beat", "beat", "beat", "once"])
    await running.close()
  }

  @Test("10,000 calls of getSessionToken at once give 10,000 tokens, all fresh")
  func concurrency() async throws {
    let tokens = Recorder<String>()
    let keep = HostAPI(
      "backend",
      functions: [
        "take": {
          tokens.append($0[0].string ?? "")
          return nil
        }
      ])
    let running = try await till.host(till.controller(), apis: [keep]).run(
      """
      const calls = Array.from({length: 10000}, () => shopify.session.getSessionToken());
      Promise.all(calls).then((tokens) => {
        console.log(new Set(tokens).size);
        tokens.forEach((token) => shopify.backend.take(token));
      });
      """)
    try await running.settle()
    #expect(till.lines == ["10000"])
    let verifier = TokenVerifier(
      .secret(till.secret), audience: ExpectedAudience(till.app.text), issuer: .anyShop)
    let numbers = try tokens.elements.map { try verifier.verify($0).tokenID }
    #expect(Set(numbers).count == 10_000)
    await running.close()
  }

  @Test("one call more than a host answers at once is rejected")
  func tooManyCalls() async throws {
    let wait = HostAPI(
      "wait",
      functions: [
        "forEver": { _ in
          try await StoppedClock().sleep(until: .init(), tolerance: nil)
          return nil
        }
      ])
    let script = """
      for (let count = 0; count < 16385; count++) shopify.wait.forEver().catch((error) => console.log(error.message));
      """
    let running = try await till.host(till.controller(), apis: [wait]).run(script)
    #expect(till.lines == ["too many calls have no answer yet"])
    await running.close()
  }
}
#endif
