import JOSECore
import Testing

@Suite("Names given twice (RFC 7515 §5.2 step 4, RFC 8725 §2.6)")
struct DuplicateTests {
  @Test(
    "are refused wherever they stand",
    arguments: [
      #"{"a":1,"a":2}"#, #"{"a":1,"a":1}"#, #"{"a":1,"b":2,"a":3}"#, #"{"":1,"":2}"#,
      #"{"o":{"a":1,"a":2}}"#, #"[{"a":1,"a":2}]"#, #"{"o":[{"p":{"a":null,"a":null}}]}"#,
      #"{"exp":1,"exp":99999999999}"#,
    ])
  func refused(_ text: String) { #expect(refusal(of: text)?.reason.contains("duplicate") == true) }

  @Test(
    "are refused when an escape hides that they are the same",
    arguments: [
      #"{"a":1,"\u0061":2}"#, #"{"\u0061":1,"a":2}"#, #"{"/":1,"\/":2}"#, #"{"é":1,"\u00e9":2}"#,
      #"{"\n":1,"\u000a":2}"#, #"{"\u000A":1,"\u000a":2}"#, #"{"😀":1,"\ud83d\ude00":2}"#,
    ])
  func escaped(_ text: String) { #expect(refusal(of: text)?.reason.contains("duplicate") == true) }

  @Test("are none if they differ in case, in white space, or stand in different objects")
  func different() throws {
    #expect(try parsed(#"{"a":1,"A":2," a":3,"a ":4}"#).object?.members.count == 4)
    #expect(try parsed(#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}"#).object?.members.count == 2)
  }

  /// Swift compares strings by canonical equivalence; JSON names are compared by code points and nothing else
  /// (RFC 8259 §8.3, RFC 7515 §5.3).
  @Test("are none if only Unicode normalisation makes them equal, and each is found by its own name")
  func normalisation() throws {
    let object = try #require(try parsed(#"{"\u00e9":1,"e\u0301":2,"\u212a":3,"K":4}"#).object)
    #expect(object.members.count == 4)
    #expect(object["\u{e9}"] == 1)
    #expect(object["e\u{301}"] == 2)
    #expect(object["\u{212a}"] == 3)
    #expect(object["K"] == 4)
  }

  @Test("a member is not found under a name that only normalisation makes equal")
  func lookUp() throws {
    let object = try #require(try parsed(#"{"\u212a":"kelvin"}"#).object)
    #expect(object["K"] == nil)
  }
}
