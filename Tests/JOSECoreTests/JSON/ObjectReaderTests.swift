import JOSECore
import Testing

@Suite("ObjectReader")
struct ObjectReaderTests {
  private func refusal(
    _ object: JSONObject, members: [String]? = nil,
    _ read: (ObjectReader) throws(ObjectError) -> Void = { _ in }
  ) -> String? {
    do throws(ObjectError) {
      try read(try ObjectReader(object, members: members))
      return nil
    } catch { return error.description }
  }

  @Test("required and optional members of each type are read")
  func reading() throws {
    let reader = try ObjectReader([
      "text": "a", "number": 7, "flag": true, "list": ["a", "b"], "object": ["inner": "c"],
      "objects": [["n": 1], ["n": 2]],
    ])
    #expect(try reader.string("text") == "a")
    #expect(try reader.integer("number", in: 0...7) == 7)
    #expect(try reader.bool("flag"))
    #expect(try reader.strings("list") == ["a", "b"])
    #expect(try reader.object("object").string("inner") == "c")
    #expect(try reader.objects("objects").map { try $0.integer("n") } == [1, 2])
    #expect(try reader.value("text") { $0.count } == 1)
    #expect(try reader.optionalString("absent") == nil)
    #expect(try reader.optionalInteger("absent") == nil)
    #expect(try reader.optionalBool("absent") == nil)
    #expect(try reader.optionalStrings("absent") == nil)
    #expect(try reader.optionalObject("absent") == nil)
    #expect(try reader.optionalObjects("absent") == nil)
  }

  @Test("a missing member, a wrong type and a number out of range are named")
  func refusals() {
    #expect(refusal([:]) { (reader) throws(ObjectError) in _ = try reader.string("kty") } == "kty is missing")
    #expect(
      refusal(["n": "1"]) { (reader) throws(ObjectError) in _ = try reader.integer("n") }
        == "n is a string, not an integer")
    #expect(
      refusal(["n": 8]) { (reader) throws(ObjectError) in _ = try reader.integer("n", in: 1...7) }
        == "n is 8; it must be 1 to 7")
    #expect(
      refusal(["n": -1]) { (reader) throws(ObjectError) in _ = try reader.integer("n", in: 0 ... .max) }
        == "n is -1; it must be 0 or more")
    #expect(
      refusal(["b": 1]) { (reader) throws(ObjectError) in _ = try reader.bool("b") }
        == "b is an integer, not a boolean")
  }

  @Test("null is not taken for a member that is left out")
  func null() {
    #expect(
      refusal(["kid": .null]) { (reader) throws(ObjectError) in _ = try reader.optionalString("kid") }
        == "kid is null, not a string")
  }

  @Test("members of nested objects and of lists are named with their path")
  func paths() {
    let object: JSONObject = ["apps": [["shop": "a"], ["shop": 1]], "rate": ["burst": "x"]]
    #expect(
      refusal(object) { (reader) throws(ObjectError) in
        for app in try reader.objects("apps") { _ = try app.string("shop") }
      } == "apps[1].shop is an integer, not a string")
    #expect(
      refusal(object) { (reader) throws(ObjectError) in _ = try reader.object("rate").integer("burst") }
        == "rate.burst is a string, not an integer")
    #expect(
      refusal(["shops": ["a", 2]]) { (reader) throws(ObjectError) in _ = try reader.strings("shops") }
        == "shops[1] is an integer, not a string")
    #expect(
      refusal(["apps": [[:], 3]]) { (reader) throws(ObjectError) in _ = try reader.objects("apps") }
        == "apps[1] is an integer, not an object")
  }

  @Test("an unknown member is refused where the known ones are given, and quoted where a terminal needs it")
  func unknown() {
    #expect(
      refusal(["a": 1, "x": 2], members: ["a", "b"]) == "x is not a known member; the known ones are a, b")
    #expect(refusal(["\u{1b}[2J": 1], members: ["a"])?.contains("\u{1b}") == false)
    #expect(refusal(["": 1], members: ["a"]) == "\"\" is not a known member; the known ones are a")
    #expect(refusal(["x": 2]) == nil)
    #expect(
      refusal(["apps": [["x": 1]]]) { (reader) throws(ObjectError) in
        _ = try reader.objects("apps", members: ["shop"])
      } == "apps[0].x is not a known member; the known ones are shop")
  }

  @Test("what a parser throws becomes the reason")
  func parsing() {
    #expect(
      refusal(["k": "*"]) { (reader) throws(ObjectError) in
        _ = try reader.value("k") { try Base64URL.decode($0) }
      }
        == "k is refused: 1 characters can't be base64url")
  }

  @Test("text that is not a JSON object is refused with the parser's reason")
  func documents() {
    let error = #expect(throws: ObjectError.self) { try ObjectReader(parsing: Array("[1]".utf8).span) }
    #expect(error?.description == "a JSON object is expected, and this is an array")
    #expect(error?.path == "")
  }
}
