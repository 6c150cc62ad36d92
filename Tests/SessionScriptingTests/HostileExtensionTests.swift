#if JavaScript
import IDTokens
import SessionHost
import SessionScripting
import Testing

/// What an extension may try. Each script is strict, for a write that fails says so only then.
@Suite struct HostileExtensionTests {
  let till: Till

  init() throws { till = try Till() }

  static let writes = [
    "shopify.session.getSessionToken = () => 1", "shopify.session = {}", "shopify = {}",
    "delete globalThis.shopify", "shopify.session.currentSession = {}",
    "shopify.session.currentSession.userId = 1",
    "shopify.session.currentSession.staffMemberId = undefined",
    "delete shopify.session.currentSession.shopId",
    "shopify.session.extra = 1", "shopify.session.staffMember.value = {id: 1}",
    "shopify.session.staffMember.value.id = 1", "shopify.session.getSessionToken.now = 1",
    "shopify.extend.now = 1", "shopify.toast.duration = 1", "shopify.toast.show.now = 1",
    "shopify.toast.sizes[0] = 1", "Object.setPrototypeOf(shopify.session, {})",
    "Object.setPrototypeOf(shopify.session.currentSession, {})",
    "Object.defineProperty(shopify.session, 'currentSession', {value: 1})",
    "Object.defineProperty(globalThis, 'shopify', {value: 1})",
  ]

  @Test("nothing of what an extension is handed can be written, replaced or taken away", arguments: writes)
  func writing(attempt: String) async throws {
    let toast = HostAPI(
      "toast", values: ["duration": 5, "sizes": [1, 2]], functions: ["show": { _ in nil }])
    let script =
      "'use strict'; try { \(attempt); console.log('written') } catch (error) { console.log(error.name) }"
    #expect(try await till.said(script, apis: [toast]) == ["TypeError"])
  }

  @Test("what is absent stays absent, whatever an extension puts on a prototype")
  func inheritance() async throws {
    let script = """
      Object.prototype.staffMemberId = 1;
      Object.prototype.getSessionToken = 1;
      console.log(shopify.session.currentSession.staffMemberId, typeof shopify.session.getSessionToken);
      """
    #expect(try await till.said(script, by: till.controller(staffMember: nil)) == ["undefined function"])
  }

  /// Whatever can be replaced, is.
  static let vandalism = """
    let spied = '';
    const define = Object.defineProperty;
    const {getOwnPropertyNames, getOwnPropertyDescriptor} = Object;
    const {iterator} = Symbol;
    const victims = [
      Object.prototype, Array.prototype, String.prototype, Number.prototype, Function.prototype, Promise.prototype,
      Promise, Object, Reflect, JSON, Array, Error.prototype, Map.prototype, WeakMap.prototype, Symbol, Number,
    ];
    for (let index = 0; index < victims.length; index++) {
      const names = getOwnPropertyNames(victims[index]);
      for (let at = 0; at < names.length; at++) {
        const descriptor = getOwnPropertyDescriptor(victims[index], names[at]);
        if (descriptor && descriptor.configurable && typeof descriptor.value === 'function' && names[at] !== 'defineProperty'
            && names[at] !== 'constructor') {
          const name = names[at];
          define(victims[index], name, {__proto__: null, value: function () { spied += ' ' + name; throw 'intercepted'; }});
        }
      }
    }
    define(Array.prototype, iterator, {__proto__: null, value: () => { spied += ' iterator'; throw 'intercepted'; }});
    const inherited = ['get', 'set', 'value', 'writable', 'toJSON', 'then', '0', '1'];
    for (let index = 0; index < inherited.length; index++) {
      const name = inherited[index];
      define(Object.prototype, name, {
        __proto__: null,
        get() { spied += ' get ' + name; return undefined; },
        set() { spied += ' set ' + name; },
        configurable: true,
      });
    }
    """

  @Test("an extension that replaces what the language has doesn't come between the host and itself")
  func replacedIntrinsics() async throws {
    let controller = till.controller()
    let running = try await till.host(controller).run(
      Self.vandalism + """
        spied = '';
        extension('t', (root) => {
          const text = root.createComponent('Text', {title: 'Title', onPress: () => console.log('pressed', spied)}, 'one');
          root.appendChild(text);
          root.insertBefore('two', text);
          text.updateProps({size: 'large'});
          shopify.session.staffMember.subscribe((member) => console.log('now', typeof member));
          console.log(shopify.session.currentSession.locationId, shopify.session.staffMember.value.id);
        });
        console.log('started', spied);
        """)
    try await running.act("onPress", at: [1])
    controller.unpin()
    await till.console.reach(4)
    #expect(till.lines == ["started ", "5 7", "pressed ", "now undefined"])
    #expect(
      running.tree.value == [
        .text("two"),
        .component(
          Component(
            type: "Text", props: ["title": "Title", "size": "large"], actions: ["onPress"],
            children: [.text("one")])),
      ])
    #expect(till.errors.elements.isEmpty)
  }

  @Test(
    "an extension that replaces Promise gets its token all the same, and intercepts none that is awaited")
  func replacedPromise() async throws {
    let script = """
      const taken = [];
      const {getSessionToken} = shopify.session;
      globalThis.Promise = class { constructor() { taken.push('constructed'); } };
      Object.defineProperty(Object.prototype, 'then', {get() { taken.push('then'); return undefined; }});
      (async () => {
        const token = await getSessionToken();
        console.log(typeof token, taken.length);
      })();
      """
    #expect(try await till.said(script) == ["string 0"])
  }

  @Test("no way leads from what an extension is handed to the function by which the host is asked")
  func noWayIn() async throws {
    let script = """
      const seen = new Set();
      const look = (value) => {
        if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
        seen.add(value);
        for (const name of Reflect.ownKeys(value)) {
          const {value: inner, get, set} = Reflect.getOwnPropertyDescriptor(value, name);
          [inner, get, set].forEach(look);
        }
        look(Reflect.getPrototypeOf(value));
      };
      extension('t', (root, api) => {
        [root, root.createComponent('Text', {}, 'text'), api, shopify, extension, console, setTimeout].forEach(look);
        const strange = [...seen].filter((value) => Object.prototype.toString.call(value) === '[object CallbackObject]'
          || (typeof value === 'function' && /native/.test(value.name)));
        console.log(seen.size > 50, strange.length);
      });
      try { extension.caller } catch (error) { console.log(error.name) }
      """
    #expect(try await till.said(script) == ["TypeError", "true 0"])
  }

  @Test("a session token never reaches the host's console or its errors, in whole or by its signature")
  func console() async throws {
    let controller = till.controller()
    let script = """
      shopify.session.getSessionToken().then((token) => {
        console.log(token);
        console.error('Authorization: Bearer ' + token + '!', {token}, [token]);
        console.log('signature', token.split('.')[2], 'x' + token.split('.')[2] + 'y');
        console.log(new Error(token));
        setTimeout(() => { throw new Error('with ' + token); });
        Promise.reject(token);
        token.property.missing;
      });
      """
    let running = try await till.host(controller, clock: TimerClock()).run(script)
    await till.errors.reach(3)
    let text = "\(till.lines) \(till.errors.elements)"
    #expect(!text.contains("eyJ"))
    #expect(till.lines[0] == "[session token]")
    #expect(
      till.lines[1]
        == #"Authorization: Bearer [session token]! {"token":"[session token]"} ["[session token]"]"#)
    #expect(till.lines[2].hasPrefix("signature [session token] "))
    #expect(!till.lines[2].contains { $0.isNumber })
    #expect(till.lines[3].contains("Error: [session token]"))
    await running.close()
  }

  @Test("a token of somebody else's is taken out too: it is known by its shape")
  func foreignToken() async throws {
    let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl"
    #expect(try await till.said("console.log('a \(token), b')") == ["a [session token], b"])
  }

  @Test("a tree that changes whenever it is read is read once for each change of its own")
  func changingTree() async throws {
    let running = try await till.host(till.controller()).run(
      """
      extension('t', (root) => {
        let count = 0;
        const box = root.createComponent('Box', {size: {toJSON: () => { box.updateProps({count: ++count}); return count; }}});
        root.append(box);
      });
      """)
    #expect(running.tree.value == [.component(Component(type: "Box", props: ["size": 1]))])
    await running.close()
  }

  @Test(
    "a line on the console is cut where it is long, and a long word that has a token in it is taken out")
  func longLine() async throws {
    let script = """
      shopify.session.getSessionToken().then((token) => {
        const signature = token.split('.')[2];
        console.log('x'.repeat(20000) + signature + 'x'.repeat(60000));
      });
      """
    #expect(try await till.said(script) == ["[session token]"])
    let long = try await Till().said("console.log('long '.repeat(100000))")
    #expect(long.map(\.utf8.count) == [65_536])
  }

  @Test("the prelude leaves nothing behind that waits where no time limit reaches")
  func blockingGlobals() async throws {
    let script = "console.log(typeof Atomics, typeof SharedArrayBuffer, typeof WebAssembly)"
    #expect(try await till.said(script) == ["undefined undefined undefined"])
  }
}
#endif
