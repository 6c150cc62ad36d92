#if JavaScript
import Foundation
import JOSECore
import SessionHost
import SessionScripting
import Testing

@Suite struct ExtensionTests {
  let till: Till

  init() throws { till = try Till() }

  static let examples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Examples")

  @Test(
    "the example without a framework shows its IDs and then its token, in old and new API versions",
    arguments: ["2025-07", "2026-07", "\(APIVersion.latest)"])
  func documentedExample(version: String) async throws {
    let file = Self.examples.appendingPathComponent("session-details.js")
    let running = try await till.host(till.controller(), version: version).run(
      String(contentsOf: file, encoding: .utf8))
    try await running.settle()
    guard case .component(let screen) = running.tree.value.first else {
      Issue.record("\(running.tree.value)")
      return
    }
    #expect(screen.type == "Screen" && screen.props["title"] == "Session details")
    guard case .component(let ids) = screen.children.first,
      case .component(let token) = screen.children.last,
      case .text(let text) = token.children.first
    else {
      Issue.record("\(screen.children)")
      return
    }
    #expect(ids.children == [.text("shopId: 1001, userId: 42, locationId: 5, staffId: 7")])
    #expect(text.hasPrefix("sessionToken: eyJ"))
    #expect(try till.verify(String(text.dropFirst("sessionToken: ".count))).subject == "42")
    await running.close()
  }

  @Test("a module's lines keep their numbers, though its imports go and its export becomes a variable")
  func moduleLines() async throws {
    let script = """
      import {
        Text as T,
        extension,
      } from '@shopify/ui-extensions/point-of-sale';
      export default extension('t', (root) => {
        console.log(T, exported === undefined);
        throw new Error('here');
      });
      """
    let error = await #expect(throws: ScriptError.self) {
      try await till.host(till.controller()).run(script)
    }
    guard case .exception(let exception) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(exception.line == 7)
    #expect(till.lines == ["Text false"])
  }

  @Test("what a module exports by default runs where it registers nothing itself")
  func defaultExport() async throws {
    let script = "export default async () => { await null; console.log('ran') }"
    #expect(try await till.said(script) == ["ran"])
  }

  @Test("a script that speaks of modules and is none runs as it stands")
  func mention() async throws {
    let script = "const text = `\nexport default one\n`; console.log(text.trim())"
    #expect(try await till.said(script) == ["export default one"])
  }

  @Test("an import of anything else is refused by its name")
  func unknownModule() async throws {
    await #expect(throws: ScriptError.unknownModule("preact")) {
      try await till.host(till.controller()).run("import {render} from 'preact';\nrender()")
    }
  }

  @Test("the target that is asked for runs, and one that there isn't is refused with those there are")
  func targets() async throws {
    let script = """
      extension('one', () => console.log('one'));
      shopify.extend('two', () => console.log('two'));
      """
    let host = try till.host(till.controller())
    for target in ["two", nil, "one"] { _ = try await host.run(script, target: target) }
    #expect(till.lines == ["two", "one", "one"])
    await #expect(throws: ScriptError.unknownTarget("three", registered: ["one", "two"])) {
      try await host.run(script, target: "three")
    }
  }

  @Test("nothing is shown before the extension's function is over, and then every change")
  func mounting() async throws {
    let running = try await till.host(till.controller()).run(
      """
      extension('t', async (root) => {
        const text = root.createText('one');
        const box = root.createComponent('Box', {}, [text, 'two']);
        const ways = {
          swap: () => box.insertBefore('three', text), cut: () => text.remove(), anew: () => root.replaceChildren('end'),
        };
        root.append(box, root.createComponent('Button', ways));
        await null;
      });
      """)
    try await running.settle()
    func shown() -> [ComponentNode]? {
      guard case .component(let box) = running.tree.value.first else { return running.tree.value }
      return box.children
    }
    #expect(shown() == [.text("one"), .text("two")])
    try await running.act("swap", at: [1])
    #expect(shown() == [.text("three"), .text("one"), .text("two")])
    try await running.act("cut", at: [1])
    #expect(shown() == [.text("three"), .text("two")])
    try await running.act("anew", at: [1])
    #expect(shown() == [.text("end")])
    await running.close()
  }

  @Test(
    "a tree that can't be is refused where it is made",
    arguments: [
      "root.appendChild({})", "root.appendChild(7)", "root.createComponent(7)", "root.removeChild(box)",
      "box.appendChild(box)", "box.appendChild(inner); inner.appendChild(box)",
      "root.createText('').append('')",
      "root.updateProps({})", "box.update('')", "box.mount()", "extension('t')", "extension(7, () => 1)",
      "shopify.session.staffMember?.subscribe(7)", "setTimeout('code')",
    ])
  func refusals(script: String) async throws {
    let host = try till.host(till.controller())
    let error = await #expect(throws: ScriptError.self) {
      try await host.run(
        """
        extension('t', (root) => {
          const [box, inner] = [root.createComponent('Box'), root.createComponent('Box')];
          \(script);
        });
        """)
    }
    guard case .exception(let exception) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(exception.name == "TypeError")
  }

  @Test(
    "a host's function gets its arguments and gives its result, and what it throws rejects with an Error")
  func hostFunctions() async throws {
    struct Shut: Error, CustomStringConvertible { let description = "the drawer is shut" }
    let drawer = HostAPI(
      "drawer", values: ["coins": [1, 2, 5]],
      functions: ["echo": { .array($0) }, "open": { _ in throw Shut() }, "close": { _ in nil }])
    let script = """
      (async () => {
        const {drawer} = shopify;
        console.log(drawer.coins, await drawer.echo(1, 'två', {a: [null]}), await drawer.close());
        try { await drawer.open() } catch (error) { console.log(error instanceof Error, error.message) }
      })();
      """
    #expect(
      try await till.said(script, apis: [drawer]) == [
        #"[1,2,5] [1,"två",{"a":[null]}] undefined"#, "true the drawer is shut",
      ])
  }

  @Test("two APIs of one name are refused, and so is one named session")
  func names() async throws {
    for apis in [[HostAPI("a"), HostAPI("a")], [HostAPI("session")], [HostAPI("extend")]] {
      let host = try till.host(till.controller(), apis: apis)
      let error = await #expect(throws: ScriptError.self) { try await host.run("") }
      guard case .nameTaken = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }

  @Test("a closed extension hears nothing more, and acting on it is an error")
  func closing() async throws {
    let controller = till.controller()
    let running = try await till.host(controller, clock: TimerClock()).run(
      """
      shopify.session.staffMember.subscribe(() => console.log('heard'));
      extension('t', (root) => root.append(root.createComponent('Button', {onPress: () => console.log('pressed')})));
      """)
    await running.close()
    controller.unpin()
    await #expect(throws: ScriptError.closed) { try await running.act("onPress", at: [0]) }
    await #expect(throws: ScriptError.closed) { try await running.settle() }
    #expect(till.lines.isEmpty && running.failure == .closed)
  }
}
#endif
