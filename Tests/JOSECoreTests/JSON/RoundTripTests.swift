import JOSECore
import TestSupport
import Testing

@Suite("Parsing what was written")
struct RoundTripTests {
  @Test("gives the same value, for random values")
  func random() throws {
    var generator = SeededGenerator(seed: 7159)
    for _ in 0..<3000 {
      let value = JSONValue.random(depth: 4, using: &generator)
      #expect(try JSONValue(parsing: written(value).span) == value)
      #expect(try parsed(value.text(indentation: 3)) == value)
    }
  }

  @Test("gives the same bytes when they are written once more")
  func stable() throws {
    var generator = SeededGenerator(seed: 4627)
    for _ in 0..<1000 {
      let bytes = written(.random(depth: 4, using: &generator))
      #expect(try written(JSONValue(parsing: bytes.span)) == bytes)
    }
  }

  @Test("gives the same double, for doubles of every size")
  func doubles() throws {
    var generator = SeededGenerator(seed: 754)
    for _ in 0..<5000 {
      let number = Double(bitPattern: generator.next())
      guard number.isFinite else { continue }
      #expect(try JSONValue(parsing: written(.number(number)).span) == .number(number))
    }
  }

  @Test("gives the same string, for every character that JSON can hold")
  func characters() throws {
    for first in stride(from: 1, through: 0x10ffff, by: 1024) {
      let scalars = (first..<(first + 1024)).compactMap { UnicodeScalar($0) }
      var text = ""
      text.unicodeScalars.append(contentsOf: scalars)
      let again = try JSONValue(parsing: written(.string(text)).span).string
      #expect(again.map { Array($0.utf8) } == Array(text.utf8))
    }
  }
}

extension JSONValue {
  fileprivate static func random(depth: Int, using generator: inout SeededGenerator) -> JSONValue {
    switch Int.random(in: 0...(depth > 0 ? 7 : 5), using: &generator) {
    case 0: return .null
    case 1: return .bool(.random(using: &generator))
    case 2: return .integer(.random(in: .min ... .max, using: &generator))
    case 3: return .number(.random(in: -1e6...1e6, using: &generator))
    case 4, 5: return .string(text(using: &generator))
    case 6:
      let count = Int.random(in: 0...5, using: &generator)
      return .array((0..<count).map { _ in random(depth: depth - 1, using: &generator) })
    default:
      var object = JSONObject()
      for _ in 0..<Int.random(in: 0...5, using: &generator) {
        object[text(using: &generator)] = random(depth: depth - 1, using: &generator)
      }
      return .object(object)
    }
  }

  private static func text(using generator: inout SeededGenerator) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...8, using: &generator) {
      let limit: UInt32 = [0x7f, 0x7ff, 0xffff, 0x10ffff].randomElement(using: &generator) ?? 0x7f
      // NUL is refused on reading, so it is not among them; surrogates are no scalars.
      if let scalar = UnicodeScalar(.random(in: 1...limit, using: &generator)) {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
