import Testing

@testable import JOSECore

@Suite("Random bytes")
struct RandomTests {
  @Test("no 16 bytes come twice, over several fillings of the buffer")
  func distinct() throws {
    var buffer = RandomBuffer()
    var seen: Set<[UInt8]> = []
    for _ in 0..<2000 {
      let value = try buffer.next()
      seen.insert(value.span.map { $0 })
    }
    #expect(seen.count == 2000)
  }

  @Test("two buffers give different bytes")
  func buffers() throws {
    var first = RandomBuffer()
    var second = RandomBuffer()
    let one = try first.next()
    let other = try second.next()
    let (these, those) = (one.span.map { $0 }, other.span.map { $0 })
    #expect(these != those)
  }

  @Test("as many bytes come as are asked for", arguments: [0, 1, 16, 5000])
  func count(_ count: Int) throws { #expect(try RandomBuffer.bytes(count).count == count) }
}
