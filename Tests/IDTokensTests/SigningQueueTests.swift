import JOSECore
import Testing

@testable import IDTokens

@Suite("A signing queue") struct SigningQueueTests {
  private let token: PreparedToken

  init() throws {
    let key = try SampleRing.key(.es256)
    token = try PreparedToken(Sample.content(), issuer: IssuerURL(Sample.issuer), key: key)
  }

  private func callers(_ count: Int) -> [PendingSignature] {
    (0..<count).map { _ in PendingSignature(token, at: Sample.now) }
  }

  /// The number of the batch that its first caller leads.
  private func lead(_ queue: SigningQueue, _ caller: PendingSignature) throws -> Int {
    guard case .leads(let number) = queue.join(caller) else { throw Unexpected() }
    return number
  }
  private struct Unexpected: Error {}

  @Test("lets a lone caller sign immediately, except every 65th, which probes for others")
  func probes() throws {
    let queue = SigningQueue(.p256, processors: 1)
    for _ in 0..<3 {
      for _ in 0..<64 { #expect(queue.signsAlone()) }
      #expect(!queue.signsAlone())
      let caller = callers(1)[0]
      let (batch, isEnough) = queue.close(number: try lead(queue, caller))
      #expect(batch.count == 1 && batch[0] === caller && !isEnough)
    }
  }

  @Test("has its eighth caller sign, and leaves nothing to its first")
  func full() throws {
    let queue = SigningQueue(.p256, processors: 1)
    let callers = callers(8)
    let number = try lead(queue, callers[0])
    for caller in callers[1..<7] { guard case .waits = queue.join(caller) else { throw Unexpected() } }
    guard case .signs(let batch) = queue.join(callers[7]) else { throw Unexpected() }
    #expect(zip(batch, callers).allSatisfy { $0 === $1 } && batch.count == 8)
    #expect(queue.close(number: number).batch.isEmpty)
  }

  @Test("needs more callers where more processors could sign alone", arguments: [1, 2, 3, 64])
  func threshold(processors: Int) throws {
    for count in 1...7 {
      let queue = SigningQueue(.p256, processors: processors)
      let callers = callers(count)
      let number = try lead(queue, callers[0])
      for caller in callers.dropFirst() { _ = queue.join(caller) }
      #expect(queue.close(number: number).isEnough == (count >= min(8, 3 * processors)))
    }
  }

  @Test("leaves cancelled callers out, its first one too, and signs for the others")
  func leaving() async throws {
    let queue = SigningQueue(.p256, processors: 1)
    let callers = callers(5)
    let number = try lead(queue, callers[0])
    for caller in callers.dropFirst() { _ = queue.join(caller) }
    queue.leave(callers[0])
    queue.leave(callers[3])
    let batch = queue.close(number: number).batch
    #expect(batch.count == 3 && batch[0] === callers[1] && batch[1] === callers[2] && batch[2] === callers[4])
    guard case .cancelled = await callers[0].outcome else { throw Unexpected() }
  }
}
