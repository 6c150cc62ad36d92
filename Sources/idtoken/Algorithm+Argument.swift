public import ArgumentParser
public import JOSECore

extension Algorithm: ExpressibleByArgument {
  /// What `--help` offers: HS algorithms sign with a client secret, not with a ring.
  public static var allValueStrings: [String] { allCases.filter { !$0.isSymmetric }.map(\.rawValue) }
}

extension [Algorithm] {
  func checkDistinct() throws {
    if let algorithm = firstRepeated { throw ValidationError("--alg \(algorithm.rawValue) is given twice.") }
  }
}

extension Array where Element: Hashable {
  /// The first element that stands earlier in the array already.
  var firstRepeated: Element? {
    var seen: Set<Element> = []
    return first { !seen.insert($0).inserted }
  }
}
