#if JavaScript && os(Linux)
import Foundation
import SessionScripting
import Testing

@Suite struct MemoryTests {
  /// In a process of its own: what the other tests allocate meanwhile doesn't count.
  @Test("thousands of extensions opened and closed leave neither memory nor threads behind")
  func opening() async {
    await #expect(processExitsWith: .success) {
      let till = try Till()
      let host = try till.host(till.controller())
      func open(_ count: Int) async throws {
        for number in 0..<count {
          let running = try await host.run(Self.script)
          // Some are closed, some with calls that have no answer yet, and some let go of.
          if number.isMultiple(of: 2) { try await running.settle() }
          if number.isMultiple(of: 3) { await running.close() }
        }
      }
      // The first fill what the allocator keeps for the next.
      try await open(200)
      let before = try Self.residentBytes
      try await open(Self.count)
      let grown = try Self.residentBytes - before
      #expect(grown < Self.bound, "\(grown) bytes")
      #expect(try Self.threads < 50)
    }
  }

  /// AddressSanitizer keeps what is freed, up to 256 MiB of it.
  static let isSanitized = dlsym(nil, "__asan_init") != nil
  /// One realm has more than 1 MiB.
  static let (count, bound) = isSanitized ? (500, 300 << 20) : (2000, 4 << 20)

  static let script = """
    extension('t', (root) => {
      const all = Array.from({length: 1000}, (_, index) => ({index}));
      shopify.session.getSessionToken().then((token) => all.push(token));
      shopify.session.staffMember.subscribe(() => all.length);
      setTimeout(() => all.length, 1000);
      root.appendChild(root.createComponent('Text', {all}, 'text'));
    });
    """

  /// proc_pid_statm(5): the second number is the resident set, in pages.
  static var residentBytes: Int {
    get throws {
      let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
      return try #require(Int(text.split(separator: " ")[1])) * 4096
    }
  }

  static var threads: Int {
    get throws { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count }
  }
}
#endif
