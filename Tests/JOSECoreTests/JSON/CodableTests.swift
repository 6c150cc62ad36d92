import JOSECore
import Testing

@Suite("JSON from and into Codable types") struct CodableTests {
  struct Everything: Codable, Equatable {
    enum Kind: String, Codable { case small, large }
    struct Point: Codable, Equatable { var x, y: Double }
    var text = "Zoë"
    var yes = true
    var least = Int64.min
    var byte: UInt8 = 255
    var fraction = 0.25
    var float: Float = 1.5
    var kind = Kind.large
    var point = Point(x: 1, y: -2.5)
    var list = [[1, 2], [], [3]]
    var map = ["a": [true], "b": []]
    var some: String? = "there"
    var none: String?
    var json: JSONValue = ["any": [1, .number(2.5), .null]]
    var object: JSONObject = ["z": 1, "a": 2]
  }

  @Test("every kind of value comes back as it was")
  func roundTrip() throws {
    let value = Everything()
    let object = try JSONObject(encoding: value)
    #expect(try object.decoded(as: Everything.self) == value)
    let parsed = try JSONObject(parsing: Array(object.description.utf8).span)
    #expect(try parsed.decoded(as: Everything.self) == value)
  }

  @Test("members stand in the order of the type, and nil is left out")
  func order() throws {
    struct Ordered: Encodable { var z = 1, a = 2, none: Int?, m = 3 }
    #expect(try JSONObject(encoding: Ordered()).description == #"{"z":1,"a":2,"m":3}"#)
  }

  @Test("what is no object, or no number of JSON, isn't encoded")
  func refusedEncoding() {
    #expect(throws: EncodingError.self) { try JSONObject(encoding: [1, 2]) }
    #expect(throws: EncodingError.self) { try JSONObject(encoding: ["x": Double.nan]) }
    #expect(throws: EncodingError.self) { try JSONObject(encoding: ["x": UInt64.max]) }
  }

  private static func refusal<Value: Decodable>(_ object: JSONObject, as type: Value.Type) -> String {
    do {
      _ = try object.decoded(as: type)
      return ""
    } catch DecodingError.typeMismatch(_, let context), DecodingError.keyNotFound(_, let context),
      DecodingError.valueNotFound(_, let context)
    {
      return context.debugDescription
    } catch { return "\(error)" }
  }

  @Test("another type is refused with its path")
  func refusedDecoding() {
    struct Till: Decodable { var location: Int }
    struct Tills: Decodable { var tills: [Till] }
    #expect(Self.refusal([:], as: Till.self) == "location is missing")
    #expect(
      Self.refusal(["location": "6"], as: Till.self) == "location is a string, not an integer that fits Int")
    #expect(
      Self.refusal(["tills": [["location": 1], ["location": .null]]], as: Tills.self)
        == "tills.1.location is null, not an integer that fits Int")
    #expect(Self.refusal(["tills": [:]], as: Tills.self) == "tills is an object, not an array")
  }

  @Test("a number fits its type or is refused", arguments: [256, -1, 1 << 40] as [Int64])
  func ranges(number: Int64) {
    struct Byte: Decodable { var value: UInt8 }
    #expect(Self.refusal(["value": .integer(number)], as: Byte.self).contains("an integer that fits UInt8"))
  }
}
