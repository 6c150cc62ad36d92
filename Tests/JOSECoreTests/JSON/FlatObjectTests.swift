import JOSECore
import TestSupport
import Testing

/// White space before an object keeps the quick reader away, so jansson reads the same text.
@Suite("Simple objects are read as jansson reads them")
struct FlatObjectTests {
  static let claims =
    #"{"iss":"https://a.example/admin","sub":"42","exp":1800000060,"zero":0,"empty":"","jti":"6f8f-\#u{7f}"}"#

  private func expectSame(_ text: [UInt8]) {
    let spaced = [0x20] + text
    let (quick, slow) = (try? JSONValue(parsing: text.span), try? JSONValue(parsing: spaced.span))
    #expect(quick == slow)
  }

  @Test(
    "and what is not simple too",
    arguments: [
      claims, "{}", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{\"a\":1}}",
      "{\"a\":1} ",
      "{\"a\":01}", "{\"a\":0}", "{\"a\":00}", "{\"a\":1.5}", "{\"a\":1e3}", "{\"a\":-1}", "{\"a\":+1}",
      "{\"a\":999999999999999999}", "{\"a\":9223372036854775807}", "{\"a\":9223372036854775808}",
      "{\"a\":1,\"a\":2}", "{\"\":1}", "{\"a\":\"\\u0041\"}", "{\"a\":\"\u{1f}\"}", "{\"a\":\"é\"}",
      "{\"a\":\"\0\"}", "{\"a\":[1]}", "{\"a\":{\"b\":1}}", "{\"a\":true}", "{\"a\":null}", "{a:1}",
      "{\"a\";1}",
    ])
  func examples(_ text: String) { expectSame(Array(text.utf8)) }

  @Test("a thousand members, and as many times the same name")
  func many() {
    for names in [(0..<1000).map { "n\($0)" }, Array(repeating: "n", count: 1000)] {
      expectSame(Array(("{" + names.map { "\"\($0)\":1" }.joined(separator: ",") + "}").utf8))
    }
  }

  @Test("bytes changed, left out and put in at random")
  func mutations() {
    var generator = SeededGenerator(seed: 4)
    let alphabet = Array("{}[]\":,0123456789-+.eE\\ abtrufnls\0\u{1f}\u{7f}é".utf8)
    for _ in 0..<20_000 {
      var text = Array(Self.claims.utf8)
      for _ in 0...Int.random(in: 0...2, using: &generator) {
        let index = Int.random(in: text.indices, using: &generator)
        let byte = alphabet[Int.random(in: alphabet.indices, using: &generator)]
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: text[index] = byte
        case 1: text.remove(at: index)
        default: text.insert(byte, at: index)
        }
      }
      expectSame(text)
    }
  }
}
