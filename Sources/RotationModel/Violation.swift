/// An invariant of the rotation promise that a history breaks.
package struct Violation: Error, Hashable, Sendable, CustomStringConvertible {
  package let invariant: Int
  package let description: String

  init(_ invariant: Int, _ description: String) {
    (self.invariant, self.description) = (invariant, "invariant \(invariant): \(description)")
  }
}
