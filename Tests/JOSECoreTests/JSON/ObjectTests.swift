import JOSECore
import Testing

@Suite("JSONObject")
struct ObjectTests {
  @Test("setting keeps the position of a member, appends a new one and removes with nil")
  func setting() {
    var object: JSONObject = ["a": 1, "b": 2, "c": 3]
    object["b"] = 20
    #expect(object.members.map(\.name) == ["a", "b", "c"])
    object["d"] = 4
    object["a"] = nil
    object["absent"] = nil
    #expect(object.members.map(\.name) == ["b", "c", "d"])
    #expect(object.members.map(\.value) == [20, 3, 4])
    #expect(object["a"] == nil)
  }

  @Test("a literal that gives a name twice keeps the last value")
  func literal() {
    let object: JSONObject = ["a": 1, "b": 2, "a": 3]
    #expect(object.members.map(\.value) == [3, 2])
  }

  @Test("objects differ by value, by name and by order")
  func equality() {
    let object: JSONObject = ["a": 1, "b": 2]
    #expect(object == ["a": 1, "b": 2])
    #expect(object != ["b": 2, "a": 1])
    #expect(object != ["a": 1])
    #expect(JSONValue.integer(1) != .number(1))
  }

  @Test("a value is only what it is")
  func accessors() {
    let values: [JSONValue] = [.null, true, 1, .number(1), "a", [1], ["a": 1]]
    #expect(values.map { $0.bool != nil } == [false, true, false, false, false, false, false])
    #expect(values.map { $0.integer != nil } == [false, false, true, false, false, false, false])
    #expect(values.map { $0.string != nil } == [false, false, false, false, true, false, false])
    #expect(values.map { $0.array != nil } == [false, false, false, false, false, true, false])
    #expect(values.map { $0.object != nil } == [false, false, false, false, false, false, true])
  }

  @Test("an object is parsed from text")
  func parsing() throws {
    #expect(try JSONObject(parsing: #"{"a":1}"#) == ["a": 1])
    #expect(throws: JOSEError.notAnObject(found: "an array")) { try JSONObject(parsing: "[]") }
  }
}
