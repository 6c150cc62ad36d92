import JOSECore
import Testing

@Suite("Limits of size and depth")
struct LimitTests {
  private func nested(_ depth: Int, _ open: String = "[", _ close: String = "]") -> String {
    String(repeating: open, count: depth) + String(repeating: close, count: depth)
  }

  @Test("16 levels are taken and 17 refused")
  func depth() throws {
    #expect(refusal(of: nested(16)) == nil)
    #expect(refusal(of: nested(17)) == .tooDeep(limit: 16))
    #expect(refusal(of: #"{"a":"# + nested(15) + "}") == nil)
    #expect(refusal(of: #"{"a":"# + nested(16) + "}") == .tooDeep(limit: 16))
    #expect(JOSEError.tooDeep(limit: 16).description == "JSON nested deeper than 16 levels")
  }

  @Test(
    "depth that would exhaust the stack is refused before anything recurses",
    arguments: [2048, 2049, 30_000, 65_536])
  func bomb(_ depth: Int) {
    #expect(refusal(of: String(repeating: "[", count: depth)) == .tooDeep(limit: 16))
    let objects = String(repeating: #"{"a":"#, count: depth / 5)
    #expect(refusal(of: objects) == .tooDeep(limit: 16))
  }

  @Test("the limit is the caller's", arguments: [0, 1, 2, 100])
  func ownDepth(_ limit: Int) {
    #expect(refusal(of: nested(limit).isEmpty ? "1" : nested(limit), maximumDepth: limit) == nil)
    #expect(refusal(of: nested(limit + 1), maximumDepth: limit) == .tooDeep(limit: limit))
  }

  @Test("a caller who allows any depth still gets an error and no crash", arguments: [2047, 2049, 20_000])
  func anyDepth(_ depth: Int) {
    let error = refusal(of: nested(depth), maximumDepth: .max)
    #expect(depth < 2048 ? error == nil : error?.isMalformed == true)
  }

  @Test(
    "brackets inside strings are no levels",
    arguments: [
      #""[[[[[[[[[[[[[[[[[[[[[[[[[[[[""#, #"["{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{"]"#,
      #"{"[[[[[[[[[[[[[[[[[[[[[[[[[[[":"]]]]]]]]]]]]]]]]]]]"}"#,
      #""\"[[[[[[[[[[[[[[[[[[[[[[[[""#, #""\\\"[[[[[[[[[[[[[[[[[[[[[[[""#,
    ])
  func strings(_ text: String) { #expect(refusal(of: text) == nil) }

  @Test(
    "brackets behind a string are levels, however the string ends",
    arguments: [#"["","#, #"["\\","#, #"["\"","#, #"["\\\\\"","#])
  func behindStrings(_ beginning: String) {
    #expect(refusal(of: beginning + nested(16) + "]") == .tooDeep(limit: 16))
    #expect(refusal(of: beginning + nested(15) + "]") == nil)
  }

  @Test("closing brackets first do not allow more levels")
  func negative() {
    let text = String(repeating: "]", count: 100) + nested(100)
    #expect(refusal(of: text)?.isMalformed == true)
  }

  @Test("64 KiB are taken and one byte more refused")
  func size() {
    let text = "\"" + String(repeating: "x", count: (64 << 10) - 2) + "\""
    #expect(refusal(of: text) == nil)
    #expect(refusal(of: text + " ") == .tooLong(bytes: (64 << 10) + 1, limit: 64 << 10))
    #expect(JOSEError.tooLong(bytes: 7, limit: 6).description == "7 bytes of JSON; 6 is the most")
  }
}
