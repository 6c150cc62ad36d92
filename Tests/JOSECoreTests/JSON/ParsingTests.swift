import JOSECore
import Testing

@Suite("What is JSON")
struct ParsingTests {
  @Test("White space of JSON may stand around every part; other space may not")
  func whiteSpace() throws {
    let compact = try JSONObject(parsing: #"{"a":1,"b":"x y"}"#)
    for space in [" ", "\t", "\n", "\r", " \r\n\t", String(repeating: " ", count: 40)] {
      let parts = ["{", #""a""#, ":", "1", ",", #""b""#, ":", #""x y""#, "}"]
      let text = space + parts.joined(separator: space) + space
      #expect(try JSONObject(parsing: text) == compact, "\(text.debugDescription)")
    }
    for space in ["\u{0b}", "\u{0c}", "\u{a0}", "\u{0}", "\u{2028}", "/**/"] {
      #expect(throws: JOSEError.self) { try JSONObject(parsing: "{\"a\":\(space)1}") }
      #expect(throws: JOSEError.self) { try JSONObject(parsing: "{\"a\":1}\(space)") }
    }
  }

  @Test(
    "every kind of value is read",
    arguments: [
      ("null", .null), ("true", true), ("false", false), ("0", 0), ("-0", 0), ("17", 17), ("\"\"", ""),
      ("[]", []), ("{}", [:]), (" \t\r\n[ 1 , 2 ]\n", [1, 2]),
      (#"{"a":{"b":[null,1,"c"]}}"#, ["a": ["b": [.null, 1, "c"]]]),
      (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u00e9\u20AC\ud83d\ude00""#, "é€😀"),
      ("\"é€😀\u{7f}\u{2028}\"", "é€😀\u{7f}\u{2028}"),
    ] as [(String, JSONValue)])
  func values(_ text: String, _ value: JSONValue) throws { #expect(try parsed(text) == value) }

  @Test("integers keep every digit up to the ends of Int64")
  func integers() throws {
    #expect(try parsed("9223372036854775807") == .integer(.max))
    #expect(try parsed("-9223372036854775808") == .integer(.min))
    #expect(try parsed("9007199254740993") == 9_007_199_254_740_993)
  }

  @Test(
    "integers beyond Int64 are refused and not rounded",
    arguments: [
      "9223372036854775808", "-9223372036854775809", "99999999999999999999999999",
      "-1" + String(repeating: "0", count: 400),
    ])
  func hugeIntegers(_ text: String) { #expect(refusal(of: text)?.reason.contains("too big") == true) }

  @Test(
    "a number with a fraction or an exponent is no integer, whatever its value",
    arguments: ["1.0", "1e0", "1E2", "-0.0", "1300819380.0", "1e-1", "0e0"])
  func fractions(_ text: String) throws {
    let value = try parsed(text)
    #expect(value.integer == nil)
    #expect(value.typeName == "a number that is no integer")
  }

  @Test(
    "numbers beyond Double are refused and do not become infinite",
    arguments: ["1e400", "-1e400", "1e999999999", "1.8e308", "1" + String(repeating: "0", count: 400) + ".0"])
  func overflow(_ text: String) { #expect(refusal(of: text)?.isMalformed == true) }

  @Test(
    "numbers too small for Double become zero or the smallest that there is",
    arguments: ["1e-400", "5e-324", "-1e-999999999"])
  func underflow(_ text: String) throws {
    guard case .number(let number) = try parsed(text) else {
      Issue.record("\(text) is no number")
      return
    }
    #expect(number.magnitude <= .leastNonzeroMagnitude)
  }

  @Test("members keep their order")
  func order() throws {
    let names = (0..<200).map { "name\(($0 * 7919) % 200)" }
    let text = "{" + names.map { "\"\($0)\":null" }.joined(separator: ",") + "}"
    #expect(try parsed(text).object?.members.map(\.name) == names)
  }

  @Test(
    "an object is asked for, and anything else is refused by its kind",
    arguments: [
      ("null", "null"), ("true", "a boolean"), ("1", "an integer"), ("1.5", "a number that is no integer"),
      ("\"a\"", "a string"), ("[]", "an array"),
    ])
  func notAnObject(_ text: String, _ kind: String) {
    let error = JOSEError.notAnObject(found: kind)
    let bytes = Array(text.utf8)
    #expect(throws: error) { try JSONObject(parsing: bytes.span) }
    #expect(error.description == "a JSON object is expected, and this is \(kind)")
  }
}
