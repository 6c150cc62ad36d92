import AllocationCount

/// How often a workload allocates, by counting in this process.
enum Allocations {
  // Whole batches, so that they count alike in both.
  private static let (few, many) = (64, 320)

  /// For each operation, without what a run takes once. `nil` where nobody can count.
  static func each(of workload: AnyWorkload) throws -> Double? {
    // Whatever is made at the first use isn't counted.
    try workload.run(few)
    guard let few = try count(workload, few), let many = try count(workload, many) else { return nil }
    return Double(many - few) / Double(Self.many - Self.few)
  }

  private static func count(_ workload: AnyWorkload, _ operations: Int) throws -> Int64? {
    allocation_count_begin()
    let result = Result { try workload.run(operations) }
    let count = allocation_count_end()
    try result.get()
    return count < 0 ? nil : count
  }
}
