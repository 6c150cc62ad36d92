import JOSECore
import Testing

@Suite struct UniqueTokenIDTests {
  @Test("The bytes of ten million jtis, from two minters in turns, are all different")
  func unique() throws {
    let count = 10_000_000
    var first = RandomBuffer()
    var second = RandomBuffer()
    // Half of each is enough: that two of so many halves are alike by chance happens once in 360,000 runs.
    let halves = try [UInt64](capacity: count) { (output) throws(JOSEError) in
      for _ in 0..<(count / 2) {
        output.append(unsafeBitCast(try first.next(), to: SIMD2<UInt64>.self)[1])
        output.append(unsafeBitCast(try second.next(), to: SIMD2<UInt64>.self)[1])
      }
    }.sorted()
    var equal = 0
    for index in 1..<count where halves[index - 1] == halves[index] { equal += 1 }
    #expect(equal == 0)
  }
}
