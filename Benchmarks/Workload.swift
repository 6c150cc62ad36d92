/// Work that is measured. Generic callers are specialized for it, so nothing but the work stands in the loop.
protocol Workload: ~Copyable {
  /// Does the operation `count` times; throws when one of them fails or makes something that isn't real.
  mutating func run(_ count: Int) throws
}
