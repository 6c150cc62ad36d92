/// Reads the members of a JSON object that came from outside: a file, a request body, an answer.
///
/// Each refusal names the place, the member and what is wrong with it. Values are not repeated in messages, because
/// they may be secrets; numbers that are out of range are.
package struct ObjectReader: Sendable {
  package let object: JSONObject
  /// Where the object is in its document, for messages: `apps[3]`. Empty for the document itself.
  package let path: String

  /// - Parameter known: the names that may occur, or `nil` to allow others.
  package init(_ object: JSONObject, path: String = "", members known: [String]? = nil) throws(ObjectError) {
    (self.object, self.path) = (object, path)
    guard let known, let other = object.members.first(where: { !known.contains($0.name) }) else { return }
    throw error(other.name, "is not a known member; the known ones are \(known.joined(separator: ", "))")
  }

  /// Parses a document that has to be an object.
  package init(
    parsing bytes: Span<UInt8>, maximumLength: Int = 64 << 10, members known: [String]? = nil
  ) throws(ObjectError) {
    let object: JSONObject
    do { object = try JSONObject(parsing: bytes, maximumLength: maximumLength) } catch {
      throw ObjectError(object: "", member: nil, reason: "\(error)")
    }
    try self.init(object, members: known)
  }

  /// A refusal of a member for the caller's own reason, which continues the member's name: "is not a shop domain".
  package func error(_ member: String, _ reason: String) -> ObjectError {
    ObjectError(object: path, member: member, reason: reason)
  }

  private func path(to member: String) -> String { error(member, "").path }
}

// MARK: - Members that must be there

extension ObjectReader {
  package func string(_ name: String) throws(ObjectError) -> String {
    try required(name, try optionalString(name))
  }

  package func integer(_ name: String, in range: ClosedRange<Int64> = .min ... .max) throws(ObjectError)
    -> Int64
  {
    try required(name, try optionalInteger(name, in: range))
  }

  package func bool(_ name: String) throws(ObjectError) -> Bool { try required(name, try optionalBool(name)) }

  package func strings(_ name: String) throws(ObjectError) -> [String] {
    try required(name, try optionalStrings(name))
  }

  package func object(_ name: String, members known: [String]? = nil) throws(ObjectError) -> ObjectReader {
    try required(name, try optionalObject(name, members: known))
  }

  package func objects(_ name: String, members known: [String]? = nil) throws(ObjectError) -> [ObjectReader] {
    try required(name, try optionalObjects(name, members: known))
  }

  /// A string that `parse` makes a value of; what it throws becomes the reason.
  package func value<Value>(_ name: String, _ parse: (String) throws -> Value) throws(ObjectError) -> Value {
    try required(name, try optionalValue(name, parse))
  }

  private func required<Value>(_ name: String, _ value: Value?) throws(ObjectError) -> Value {
    guard let value else { throw error(name, "is missing") }
    return value
  }
}

// MARK: - Members that may be left out

extension ObjectReader {
  package func optionalString(_ name: String) throws(ObjectError) -> String? {
    try optional(name, "a string", \.string)
  }

  package func optionalInteger(
    _ name: String, in range: ClosedRange<Int64> = .min ... .max
  ) throws(ObjectError) -> Int64? {
    guard let number = try optional(name, "an integer", \.integer) else { return nil }
    guard range.contains(number) else {
      let bounds = range.upperBound == .max ? "or more" : "to \(range.upperBound)"
      throw error(name, "is \(number); it must be \(range.lowerBound) \(bounds)")
    }
    return number
  }

  package func optionalBool(_ name: String) throws(ObjectError) -> Bool? {
    try optional(name, "a boolean", \.bool)
  }

  package func optionalStrings(_ name: String) throws(ObjectError) -> [String]? {
    try list(name) { (value, element) throws(ObjectError) in
      guard let text = value.string else { throw error(element, "is \(value.typeName), not a string") }
      return text
    }
  }

  package func optionalObject(
    _ name: String, members known: [String]? = nil
  ) throws(ObjectError) -> ObjectReader? {
    guard let object = try optional(name, "an object", \.object) else { return nil }
    return try ObjectReader(object, path: path(to: name), members: known)
  }

  package func optionalObjects(
    _ name: String, members known: [String]? = nil
  ) throws(ObjectError) -> [ObjectReader]? {
    try list(name) { (value, element) throws(ObjectError) in
      guard let object = value.object else { throw error(element, "is \(value.typeName), not an object") }
      return try ObjectReader(object, path: path(to: element), members: known)
    }
  }

  package func optionalValue<Value>(
    _ name: String, _ parse: (String) throws -> Value
  ) throws(ObjectError) -> Value? {
    guard let text = try optionalString(name) else { return nil }
    do { return try parse(text) } catch let reason { throw error(name, "is refused: \(reason)") }
  }

  /// - Parameter expected: what the value has to be, with its article.
  package func optional<Value>(
    _ name: String, _ expected: String, _ read: (JSONValue) -> Value?
  ) throws(ObjectError) -> Value? {
    guard let value = object[name] else { return nil }
    guard let read = read(value) else { throw error(name, "is \(value.typeName), not \(expected)") }
    return read
  }

  private func list<Element>(
    _ name: String, _ read: (JSONValue, _ element: String) throws(ObjectError) -> Element
  ) throws(ObjectError) -> [Element]? {
    guard let values = try optional(name, "an array", \.array) else { return nil }
    var elements: [Element] = []
    for (index, value) in values.enumerated() { elements.append(try read(value, "\(name)[\(index)]")) }
    return elements
  }
}

/// Why a member of a JSON object was refused.
package struct ObjectError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Where the object is in its document: `apps[3]`. Empty for the document itself.
  package let object: String
  /// `nil` where the document itself is refused.
  package let member: String?
  /// What is wrong, as it continues the member's name: "is missing".
  package let reason: String

  package init(object: String, member: String?, reason: String) {
    (self.object, self.member, self.reason) = (object, member, reason)
  }

  package var description: String { path.isEmpty ? reason : "\(path) \(reason)" }

  /// The member within its document: `apps[3].client_id`. A name that a terminal can't take as it is gets quoted.
  package var path: String {
    guard let member else { return object }
    let isPlain = !member.isEmpty && member.utf8.allSatisfy { (0x21...0x7e).contains($0) }
    let name = isPlain ? member : member.debugDescription
    return object.isEmpty ? name : "\(object).\(name)"
  }
}
