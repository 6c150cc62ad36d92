#if Server && Client
import SystemSupport
import Testing

@Suite struct OneShotTests {
  @Test("every waiter gets the first value, before or after it is set")
  func firstValue() async {
    let oneShot = OneShot<Int>()
    #expect(oneShot.value == nil)
    let waiters = (0..<100).map { _ in Task { await oneShot.wait() } }
    for _ in 0..<100 { await Task.yield() }
    oneShot.set(1)
    oneShot.set(2)
    for waiter in waiters { #expect(await waiter.value == 1) }
    #expect(await oneShot.wait() == 1 && oneShot.value == 1)
  }

  @Test("a cancelled waiter gets nil, and the others go on waiting")
  func cancelled() async {
    let oneShot = OneShot<Int>()
    let (cancelled, other) = (Task { await oneShot.wait() }, Task { await oneShot.wait() })
    cancelled.cancel()
    #expect(await cancelled.value == nil)
    oneShot.set(1)
    #expect(await other.value == 1)
  }

  @Test("one of many concurrent values wins, and all waiters get the same")
  func race() async {
    for _ in 0..<100 {
      let oneShot = OneShot<Int>()
      let values = await withTaskGroup(of: Int?.self) { group in
        for number in 0..<8 {
          group.addTask {
            oneShot.set(number)
            return await oneShot.wait()
          }
        }
        return await group.reduce(into: Set<Int?>()) { $0.insert($1) }
      }
      #expect(values.count == 1 && values.first == .some(oneShot.value))
    }
  }
}
#endif
