import SystemSupport

@testable import JOSECore

/// Half of the time changes one value of JSON: what libFuzzer changes by itself is seldom JSON any longer.
@_cdecl("LLVMFuzzerCustomMutator")
func mutate(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ capacity: Int, _ seed: UInt32) -> Int {
  var random = SplitMix64(seed: UInt64(seed))
  let input = UnsafeMutableBufferPointer(start: bytes, count: capacity)
  guard Bool.random(using: &random), let value = try? JSONValue(parsing: Array(input[..<count]).span) else {
    return mutateBytes(bytes, count, capacity)
  }
  let mutated = Array(value.mutated(&random).description.utf8)
  return mutated.count <= capacity ? input.update(fromContentsOf: mutated) : count
}

@_silgen_name("LLVMFuzzerMutate")
private func mutateBytes(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ capacity: Int) -> Int

extension JSONValue {
  private static let others: [JSONValue] = [
    .null, true, 0, 1, -1, .integer(.max), .integer(.min), .number(1.5), .number(1e300), "", "a", [], [:],
  ]

  fileprivate func mutated(_ random: inout SplitMix64) -> JSONValue {
    let chance = Int.random(in: 0..<8, using: &random)
    switch self {
    case .object(var object) where chance > 0:
      guard let member = object.members.randomElement(using: &random) else { break }
      object[member.name] = chance == 1 ? nil : member.value.mutated(&random)
      return .object(object)
    case .array(var values) where chance > 0:
      guard let index = values.indices.randomElement(using: &random) else { break }
      if chance == 1 { values.append(values[index]) }
      values[index] = values[index].mutated(&random)
      return .array(values)
    case .integer(let integer) where chance > 3:
      return .integer(integer &+ Int64.random(in: -100_000...100_000, using: &random))
    default: break
    }
    return Self.others.randomElement(using: &random) ?? .null
  }
}
