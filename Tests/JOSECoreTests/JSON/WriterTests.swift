import JOSECore
import Testing

@Suite("The writer")
struct WriterTests {
  @Test(
    "writes exactly these bytes",
    arguments: [
      (.null, "null"), (true, "true"), (false, "false"), (0, "0"), (.integer(.max), "9223372036854775807"),
      (.integer(.min), "-9223372036854775808"), (.number(1.5), "1.5"), (.number(1), "1.0"),
      (.number(-0.0), "-0.0"),
      (.number(.infinity), "null"), (.number(-.infinity), "null"), (.number(.nan), "null"), ("", "\"\""),
      ([], "[]"), ([:], "{}"), ([1, [2], [:]], "[1,[2],{}]"),
      (["b": 1, "a": ["c": .null]], #"{"b":1,"a":{"c":null}}"#),
    ] as [(JSONValue, String)])
  func values(_ value: JSONValue, _ text: String) { #expect(written(value) == Array(text.utf8)) }

  @Test("escapes what RFC 8259 §7 says must be escaped")
  func escapes() {
    for byte in 0..<0x20 as Range<UInt8> {
      let expected =
        switch byte {
        case 0x09: #"\t"#
        case 0x0a: #"\n"#
        case 0x0d: #"\r"#
        default: #"\u00"# + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
      let text = "a" + String(UnicodeScalar(byte)) + "b"
      #expect(written(.string(text)) == Array("\"a\(expected)b\"".utf8))
      #expect(written(.object(text, 1)) == Array("{\"a\(expected)b\":1}".utf8))
    }
    #expect(written(#"""#) == Array(#""\"""#.utf8))
    #expect(written(#"\"#) == Array(#""\\""#.utf8))
  }

  @Test(
    "leaves everything else as it is",
    arguments: ["/", "\u{7f}", "é", "€", "😀", "\u{2028}", "<>&'", "e\u{301}"])
  func others(_ text: String) { #expect(written(.string(text)) == Array("\"\(text)\"".utf8)) }

  @Test("every character at every index of a string comes back from a parser, and only some are escaped")
  func everyPlace() throws {
    for index in 0..<20 {
      for byte in 0..<0x80 as Range<UInt8> {
        var bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 20)
        bytes[index] = byte
        let text = String(decoding: bytes, as: UTF8.self)
        let json = written(.string(text))
        let isEscaped = byte < 0x20 || byte == 0x22 || byte == 0x5c
        #expect(isEscaped == (json.count > 22), "byte \(byte) at \(index)")
        guard byte > 0 else { continue }
        #expect(try JSONObject(parsing: (Array("{\"a\":".utf8) + json + [0x7d]).span)["a"]?.string == text)
      }
    }
  }

  @Test("writes the header that one verifier in the field compares byte for byte")
  func header() {
    #expect(written(["alg": "HS256", "typ": "JWT"]) == Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
  }

  @Test("indents for people")
  func indentation() {
    let value: JSONValue = ["a": [1, ["b": 2]], "c": [], "d": [:]]
    #expect(
      value.text(indentation: 2) == """
        {
          "a": [
            1,
            {
              "b": 2
            }
          ],
          "c": [],
          "d": {}
        }
        """)
    #expect(value.description == #"{"a":[1,{"b":2}],"c":[],"d":{}}"#)
  }

  @Test("appends one value after another")
  func appends() {
    var writer = JSONWriter()
    writer.write(1)
    writer.write("a")
    #expect(writer.bytes == Array("1\"a\"".utf8))
  }
}

extension JSONValue {
  /// An object with one member whose name is not a literal.
  fileprivate static func object(_ name: String, _ value: JSONValue) -> JSONValue {
    var object = JSONObject()
    object[name] = value
    return .object(object)
  }
}
