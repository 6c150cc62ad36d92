extension JSONObject {
  /// The members that a value encodes to, in the order in which it encodes them.
  ///
  /// - Throws: `EncodingError`, if the value is no object, or has a number that JSON or `Int64` can't express.
  public init(encoding value: some Encodable) throws {
    let encoder = ValueEncoder(path: [])
    try value.encode(to: encoder)
    guard case .object(let object) = try encoder.node.value(at: []) else {
      throw EncodingError.invalidValue(
        value, EncodingError.Context(codingPath: [], debugDescription: "\(type(of: value)) is no JSON object")
      )
    }
    self = object
  }
}

/// What a container has been told so far; containers of the same place share it.
private final class Node {
  enum Content {
    case single(JSONValue)
    case array([Node])
    case object([(name: String, node: Node)])
  }

  var content: Content?

  func value(at path: [any CodingKey]) throws -> JSONValue {
    switch content {
    case .single(let value): return value
    case .array(let nodes): return .array(try nodes.map { try $0.value(at: path) })
    case .object(let members):
      var object = JSONObject()
      for member in members { object[member.name] = try member.node.value(at: path) }
      return .object(object)
    case nil:
      throw EncodingError.invalidValue(
        self, EncodingError.Context(codingPath: path, debugDescription: "nothing was encoded"))
    }
  }

  func set(_ value: JSONValue) { content = .single(value) }

  func member(_ name: String) -> Node {
    let node = Node()
    var members = if case .object(let members) = content { members } else { [(name: String, node: Node)]() }
    members.removeAll { $0.name == name }
    members.append((name, node))
    content = .object(members)
    return node
  }

  func element() -> Node {
    let node = Node()
    var elements = if case .array(let elements) = content { elements } else { [Node]() }
    elements.append(node)
    content = .array(elements)
    return node
  }

  var count: Int { if case .array(let elements) = content { elements.count } else { 0 } }
}

private struct ValueEncoder: Encoder {
  var codingPath: [any CodingKey]
  let node: Node
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  init(path: [any CodingKey], node: Node = Node()) { (codingPath, self.node) = (path, node) }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    if node.content == nil { node.content = .object([]) }
    return KeyedEncodingContainer(KeyedValues<Key>(encoder: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    if node.content == nil { node.content = .array([]) }
    return UnkeyedValues(encoder: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { SingleValue(encoder: self) }

  func encode(_ value: some Encodable) throws {
    switch value {
    case let value as JSONValue: node.set(value)
    case let value as JSONObject: node.set(.object(value))
    case let value as String: node.set(.string(value))
    case let value as Bool: node.set(.bool(value))
    case let value as any BinaryInteger: node.set(.integer(try integer(value)))
    case let value as Double: node.set(.number(try finite(value)))
    case let value as Float: node.set(.number(try finite(Double(value))))
    default:
      try value.encode(to: self)
      // A type with no members encodes nothing, which is an empty object.
      if node.content == nil { node.content = .object([]) }
    }
  }

  private func integer(_ value: any BinaryInteger) throws -> Int64 {
    guard let integer = Int64(exactly: value) else { throw refusal(value, "is beyond Int64") }
    return integer
  }

  private func finite(_ value: Double) throws -> Double {
    guard value.isFinite else { throw refusal(value, "can't be said in JSON (RFC 8259 §6)") }
    return value
  }

  private func refusal(_ value: Any, _ reason: String) -> EncodingError {
    .invalidValue(
      value, EncodingError.Context(codingPath: codingPath, debugDescription: "\(value) \(reason)"))
  }
}

private struct KeyedValues<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let encoder: ValueEncoder
  var codingPath: [any CodingKey] { encoder.codingPath }

  private func member(_ key: any CodingKey) -> ValueEncoder {
    ValueEncoder(path: codingPath + [key], node: encoder.node.member(key.stringValue))
  }

  mutating func encodeNil(forKey key: Key) { member(key).node.set(.null) }
  mutating func encode(_ value: some Encodable, forKey key: Key) throws { try member(key).encode(value) }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> { member(key).container(keyedBy: type) }

  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    member(key).unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder { member(NamedKey("super")) }
  mutating func superEncoder(forKey key: Key) -> any Encoder { member(key) }
}

private struct UnkeyedValues: UnkeyedEncodingContainer {
  let encoder: ValueEncoder
  var codingPath: [any CodingKey] { encoder.codingPath }
  var count: Int { encoder.node.count }

  private func element() -> ValueEncoder {
    ValueEncoder(path: codingPath + [NamedKey("\(count)")], node: encoder.node.element())
  }

  mutating func encodeNil() { element().node.set(.null) }
  mutating func encode(_ value: some Encodable) throws { try element().encode(value) }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) -> KeyedEncodingContainer<Nested> { element().container(keyedBy: type) }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { element().unkeyedContainer() }
  mutating func superEncoder() -> any Encoder { element() }
}

private struct SingleValue: SingleValueEncodingContainer {
  let encoder: ValueEncoder
  var codingPath: [any CodingKey] { encoder.codingPath }

  mutating func encodeNil() { encoder.node.set(.null) }
  mutating func encode(_ value: some Encodable) throws { try encoder.encode(value) }
}

/// A name that no type of the caller's has declared.
struct NamedKey: CodingKey {
  let stringValue: String
  var intValue: Int? { Int(stringValue) }
  init(_ name: String) { stringValue = name }
  init(stringValue: String) { self.init(stringValue) }
  init(intValue: Int) { self.init("\(intValue)") }
}

extension JSONValue: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let values): try container.encode(values)
    case .object(let object): try object.encode(to: encoder)
    }
  }
}

extension JSONObject: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NamedKey.self)
    for member in members { try container.encode(member.value, forKey: NamedKey(member.name)) }
  }
}
