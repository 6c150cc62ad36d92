import JOSECore
import TestSupport
import Testing

@Suite("What is no JSON (RFC 8259)")
struct MalformedTests {
  @Test(
    "is refused as malformed",
    arguments: [
      "", " ", "\n", "{", "}", "[", "]", "{]", "[}", "[1,]", "[,1]", "[1 2]", #"{"a"}"#, #"{"a":}"#,
      #"{"a":1,}"#, #"{"a" 1}"#, #"{a:1}"#, #"{1:1}"#, #"{"a":1"#, #"{"a":1}}"#, "[1]]", "\"", "\"a", "a\"",
      "nul", "nulll", "True", "TRUE", "None", "undefined", "truefalse", "true false", "1 2", "[] []", "{}{}",
      "{} x", "{}\0", "\0{}", "{\0}", "//x\n1", "/* x */ 1", "1 // x", "[1/*x*/]", "# x\n1", "'a'",
      "{'a':1}", #"["a",'b']"#, "`a`", ";", ",", ":", "-", "+", ".", "\u{feff}1", "\u{feff}{}", "{}\u{feff}",
      "\u{a0}1", "\u{2028}1", "\u{c}1", "\u{b}1",
    ])
  func malformed(_ text: String) { #expect(refusal(of: text)?.isMalformed == true) }

  @Test(
    "numbers in no notation of RFC 8259 §6 are refused",
    arguments: [
      "01", "-01", "00", "+1", "1.", ".1", "-.1", "1e", "1e+", "1.e1", "0x10", "1_000", "--1", "-", "1-",
      "1a",
      "Infinity", "-Infinity", "NaN", "nan", "inf", "1e1.5", "١",
    ])
  func numbers(_ text: String) {
    #expect(refusal(of: text)?.isMalformed == true)
    #expect(refusal(of: "[\(text)]")?.isMalformed == true)
    #expect(refusal(of: #"{"exp":\#(text)}"#)?.isMalformed == true)
  }

  @Test("a raw control character in a string is refused", arguments: 0..<0x20)
  func rawControl(_ byte: Int) {
    #expect(refusal(of: [0x22, 0x61, UInt8(byte), 0x62, 0x22])?.isMalformed == true)
    #expect(refusal(of: [0x7b, 0x22, UInt8(byte), 0x22, 0x3a, 0x31, 0x7d])?.isMalformed == true)
  }

  @Test(
    "NUL is refused in a value and in a name, also as an escape",
    arguments: [
      #""\u0000""#, #""a\u0000b""#, #"{"\u0000":1}"#, #"{"a\u0000":1}"#, #"{"aud":"app\u0000evil"}"#,
    ])
  func nul(_ text: String) { #expect(refusal(of: text)?.isMalformed == true) }

  @Test("a NUL byte is refused wherever it stands")
  func rawNUL() {
    let text = Array(#"{"a":[1,true,null,-2.5e3,"b"],"c":{}}"#.utf8)
    for index in 0...text.count {
      #expect(refusal(of: text[..<index] + [0] + text[index...])?.isMalformed == true, "at \(index)")
    }
    for text in ["1", "true", "1.5", "[]", "\"a\""] { #expect(refusal(of: text + "\0")?.isMalformed == true) }
  }

  @Test(
    "escapes that RFC 8259 §7 does not have are refused",
    arguments: [
      #""\a""#, #""\x41""#, #""\'""#, #""\0""#, #""\u""#, #""\u12""#, #""\u12g4""#, #""\U0041""#, #""\"#,
    ])
  func escapes(_ text: String) { #expect(refusal(of: text)?.isMalformed == true) }

  @Test(
    "a surrogate without its other half is refused",
    arguments: [
      #""\ud800""#, #""\udc00""#, #""\ud800x""#, #""\ud800\ud800""#, #""\udc00\ud800""#, #""\ud800\u0041""#,
      #""\ud83d""#, #"{"\ud800":1}"#, #""\uDFFF""#,
    ])
  func surrogates(_ text: String) { #expect(refusal(of: text)?.isMalformed == true) }

  @Test(
    "bytes that are no UTF-8 are refused",
    arguments: [
      [0x80], [0xff], [0xc3], [0xc0, 0x80], [0xc1, 0xbf], [0xe2, 0x82], [0xe0, 0x80, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xf0, 0x80, 0x80, 0xaf], [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xfe],
      [0xf8, 0x88, 0x80],
      [0xc3, 0x28],
    ] as [[UInt8]])
  func invalidUTF8(_ bytes: [UInt8]) {
    #expect(refusal(of: [0x22] + bytes + [0x22])?.isMalformed == true)
    #expect(refusal(of: [0x7b, 0x22] + bytes + [0x22, 0x3a, 0x31, 0x7d])?.isMalformed == true)
    #expect(refusal(of: bytes)?.isMalformed == true)
  }

  @Test(
    "UTF-16 and UTF-32 are refused",
    arguments: [[0xff, 0xfe, 0x31, 0], [0xfe, 0xff, 0, 0x31], [0x31, 0], [0, 0x31], [0, 0, 0, 0x31]]
      as [[UInt8]])
  func otherEncodings(_ bytes: [UInt8]) { #expect(refusal(of: bytes)?.isMalformed == true) }

  @Test("the refusal says where")
  func position() {
    #expect(
      refusal(of: #"{"a":1,"a":2}"#)?.description
        == #"malformed JSON at byte 10: duplicate object key near '"a"'"#)
    #expect(refusal(of: "")?.description == "malformed JSON at byte 0: unexpected token near end of file")
  }

  @Test(
    "the refusal shows no control character of the input",
    arguments: [
      "\u{1b}[2J", "[\u{1b}]", "tru\u{7}", "{\"a\":\u{9b}31m}", "[1\u{7f}]", "\"\u{1b}\"", "\r\n\u{85}x",
    ])
  func controlCharacters(_ text: String) throws {
    let error = try #require(refusal(of: text))
    #expect(error.description.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
  }

  @Test("random bytes give an error or a value, and no crash")
  func fuzz() {
    var generator = SeededGenerator(seed: 8259)
    let alphabet = Array(#"{}[]:,"\/ue0019.-+Etrfalsn \#n"#.utf8) + [0x00, 0x80, 0xc3, 0xa9, 0xff]
    var taken = 0
    for _ in 0..<20_000 {
      let length = Int.random(in: 0...24, using: &generator)
      let bytes = (0..<length).compactMap { _ in alphabet.randomElement(using: &generator) }
      if refusal(of: bytes) == nil { taken += 1 }
    }
    #expect(taken > 0, "nothing was taken, so only refusals were tried")
  }

  @Test(
    "errors say what is wrong in words of their own",
    arguments: [
      (#"{"a":"\u0000"}"#, #"a string contains \u0000, which is not supported"#),
      (#"{"\u0000":1}"#, #"a member's name contains \u0000, which is not supported"#),
    ])
  func words(_ text: String, _ reason: String) { #expect(refusal(of: text)?.reason == reason) }

  @Test("an error for bytes that are not UTF-8 says so")
  func notUTF8() { #expect(refusal(of: [0x22, 0xff, 0x22])?.reason == "not UTF-8") }
}
