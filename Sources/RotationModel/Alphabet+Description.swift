extension Alphabet: CustomStringConvertible {
  package var description: String {
    let names: [(Alphabet, String)] = [
      (.crashes, "crashes"), (.races, "races"), (.partitions, "partitions"), (.skew, "skew"),
      (.clocksBack, "clocks back"), (.clocksForward, "clocks forward"), (.policies, "policies"),
      (.revocations, "revocations"), (.requests, "requests"), (.exports, "exports"),
    ]
    if self == .all { return "everything" }
    return names.filter { contains($0.0) }.map(\.1).joined(separator: ", ")
  }
}
