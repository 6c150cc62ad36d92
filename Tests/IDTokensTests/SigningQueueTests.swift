import JOSECore
import Testing

@testable import IDTokens

@Suite("A gathering") struct SigningQueueTests {
  private let template: PreparedToken

  init() throws {
    let key = try SampleRing.key(.es256)
    template = try PreparedToken(Sample.request(), issuer: IssuerURL(Sample.issuer), key: key)
  }

  private func callers(_ count: Int) -> [PendingSignature] {
    (0..<count).map { _ in PendingSignature(template, at: Sample.now) }
  }

  /// The number of the group that a first caller leads.
  private func lead(_ gathering: SigningQueue, _ caller: PendingSignature) throws -> Int {
    guard case .leads(let number) = gathering.join(caller) else { throw Unexpected() }
    return number
  }
  private struct Unexpected: Error {}

  @Test("lets a lone caller sign at once, but for one in 65, who looks for company")
  func solitude() throws {
    let gathering = SigningQueue(.p256, processors: 1)
    for _ in 0..<3 {
      for _ in 0..<64 { #expect(gathering.isSolitary()) }
      #expect(!gathering.isSolitary())
      let caller = callers(1)[0]
      let (group, isEnough) = gathering.close(number: try lead(gathering, caller))
      #expect(group.count == 1 && group[0] === caller && !isEnough)
    }
  }

  @Test("has its eighth caller sign, and its first one find nothing left to do")
  func full() throws {
    let gathering = SigningQueue(.p256, processors: 1)
    let callers = callers(8)
    let number = try lead(gathering, callers[0])
    for caller in callers[1..<7] { guard case .waits = gathering.join(caller) else { throw Unexpected() } }
    guard case .signs(let group) = gathering.join(callers[7]) else { throw Unexpected() }
    #expect(zip(group, callers).allSatisfy { $0 === $1 } && group.count == 8)
    #expect(gathering.close(number: number).group.isEmpty)
  }

  @Test("is worth it for more callers where more processors could sign alone", arguments: [1, 2, 3, 64])
  func enough(processors: Int) throws {
    for count in 1...7 {
      let gathering = SigningQueue(.p256, processors: processors)
      let callers = callers(count)
      let number = try lead(gathering, callers[0])
      for caller in callers.dropFirst() { _ = gathering.join(caller) }
      #expect(gathering.close(number: number).isEnough == (count >= min(8, 3 * processors)))
    }
  }

  @Test("forgets who leaves, and signs for the others even where its first caller left")
  func leaving() async throws {
    let gathering = SigningQueue(.p256, processors: 1)
    let callers = callers(5)
    let number = try lead(gathering, callers[0])
    for caller in callers.dropFirst() { _ = gathering.join(caller) }
    gathering.leave(callers[0])
    gathering.leave(callers[3])
    let group = gathering.close(number: number).group
    #expect(group.count == 3 && group[0] === callers[1] && group[1] === callers[2] && group[2] === callers[4])
    guard case .cancelled = await callers[0].verdict else { throw Unexpected() }
  }

  @Test("signs for everyone but the one whose token can't be", arguments: [1, 4, 7])
  func oneFails(index: Int) async throws {
    var callers = callers(8)
    callers[index] = PendingSignature(template, at: NumericDate(-1))
    var minter = try TokenMinter()
    try minter.mint(callers)
    let verifier = try SampleRing.verifier()
    for (number, caller) in callers.enumerated() {
      guard case .minted(let result) = await caller.verdict else { throw Unexpected() }
      if number == index {
        #expect(throws: IDTokenError.invalidTime(NumericDate(-1))) { try result.get() }
      } else {
        _ = try verifier.verify(try result.get().serialized, at: Sample.now)
      }
    }
  }
}
