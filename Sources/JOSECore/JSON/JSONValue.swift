/// A JSON value (RFC 8259 §3). Integers and other numbers are kept apart: a JWT's times must be integers.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

/// The members of a JSON object in their order of appearance; no name appears twice.
public struct JSONObject: Sendable, Hashable {
  package struct Member: Sendable, Hashable {
    package let name: String
    package var value: JSONValue
  }

  package internal(set) var members: [Member] = []

  /// In their order of appearance.
  public var names: [String] { members.map(\.name) }

  public init() {}

  public var isEmpty: Bool { members.isEmpty }

  /// The value of a member. Setting keeps the member's place, or appends it; setting `nil` removes it.
  public subscript(name: String) -> JSONValue? {
    get { index(of: name).map { members[$0].value } }
    set {
      let index = index(of: name)
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(name: name, value: value))
      case (nil, nil): break
      }
    }
  }

  /// RFC 8259 §8.3 compares names unit by unit; Swift's `==` would take é in one scalar and in two for the same.
  private func index(of name: String) -> Int? {
    // In place: copying a member counts references.
    let members = members.span
    return members.indices.first { members[$0].name.isIdentical(to: name) }
  }
}

extension String {
  /// Whether both are the same bytes. `==` would take U+212A for the letter K.
  package func isIdentical(to other: String) -> Bool {
    // What is identical is equal too, and most are not: short strings differ in two words.
    guard self == other else { return false }
    let (left, right) = (utf8, other.utf8)
    guard left.count == right.count else { return false }
    let (leftBytes, rightBytes) = (left.span, right.span)
    return leftBytes.indices.allSatisfy { leftBytes[$0] == rightBytes[$0] }
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// A name that is given twice keeps its last value.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    for (name, value) in elements { self[name] = value }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    var object = JSONObject()
    for (name, value) in elements { object[name] = value }
    self = .object(object)
  }
}

extension JSONValue {
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

  /// What the value is, for "expected …, found …".
  package var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer: "an integer"
    case .number: "a number that is no integer"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
