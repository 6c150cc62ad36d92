#if Server
import JOSECore

/// Reads the members of one of our JSON files, strictly, with the place of what is wrong.
struct FileReader {
  let place: String
  let object: JSONObject

  init(_ object: JSONObject, _ place: String, members known: [String]) throws(FileReason) {
    if let other = object.members.first(where: { !known.contains($0.name) }) {
      throw FileReason(
        "\(place) has the unknown member \(other.name.debugDescription); known are \(known.joined(separator: ", "))"
      )
    }
    (self.object, self.place) = (object, place)
  }

  func string(_ name: String) throws(FileReason) -> String {
    guard let value = object[name] else { throw FileReason("\(place) has no \(name)") }
    guard let text = value.string else {
      throw FileReason("\(place): \(name) is \(value.typeName), not a string")
    }
    return text
  }

  func strings(_ name: String) throws(FileReason) -> [String] {
    try list(name) { (value, place) throws(FileReason) in
      guard let text = value.string else { throw FileReason("\(place) is \(value.typeName), not a string") }
      return text
    }
  }

  /// The objects of a list, an empty list where the member is missing.
  func objects(_ name: String, members known: [String]) throws(FileReason) -> [FileReader] {
    try list(name) { (value, place) throws(FileReason) in
      guard let object = value.object else {
        throw FileReason("\(place) is \(value.typeName), not an object")
      }
      return try FileReader(object, place, members: known)
    }
  }

  func object(_ name: String, members known: [String]) throws(FileReason) -> FileReader? {
    guard let value = object[name] else { return nil }
    guard let object = value.object else {
      throw FileReason("\(place): \(name) is \(value.typeName), not an object")
    }
    return try FileReader(object, "\(place), \(name)", members: known)
  }

  func natural(_ name: String, in range: ClosedRange<Int64>) throws(FileReason) -> Int64? {
    guard let value = object[name] else { return nil }
    guard let number = value.integer, range.contains(number) else {
      throw FileReason(
        "\(place): \(name) is \(value), not a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private func list<Element>(
    _ name: String, _ element: (JSONValue, String) throws(FileReason) -> Element
  ) throws(FileReason) -> [Element] {
    guard let value = object[name] else { return [] }
    guard let values = value.array else {
      throw FileReason("\(place): \(name) is \(value.typeName), not an array")
    }
    var elements: [Element] = []
    for (index, value) in values.enumerated() {
      elements.append(try element(value, "\(place), \(name)[\(index)]"))
    }
    return elements
  }
}

/// Why a file can't be used, with the place in it.
struct FileReason: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
#endif
