import IDTokens
import JOSECore
import KeyRotation
import Synchronization
import TestSupport
import Testing

@Suite("Concurrent callers are signed in batches") struct BatchMintingTests {
  private static func issuer(_ multiBuffer: MultiBufferSigner) throws -> RingIssuer {
    RingIssuer(
      ring: Sample.ring(try SampleRing.everyAlgorithm()), clock: .fixed(Sample.now), multiBuffer: multiBuffer)
  }

  static let paths: [MultiBufferSigner] = [.shared, .off]

  @Test(
    "each gets a token of its own, whatever its algorithm, with the multi-buffer library and without",
    arguments: paths)
  func everyAlgorithm(multiBuffer: MultiBufferSigner) async throws {
    let issuer = try Self.issuer(multiBuffer)
    let algorithms = SampleRing.asymmetric
    let tokens = try await withThrowingTaskGroup(of: (Algorithm, String).self) { group in
      for number in 0..<2200 {
        let algorithm = algorithms[number % algorithms.count]
        let session = try issuer.session(Sample.content(), algorithm)
        group.addTask { [session] in
          return (algorithm, try await session.batchedToken().text)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let verifier = try SampleRing.verifier()
    var tokenIDs: Set<String> = []
    for (algorithm, token) in tokens {
      #expect(try CompactJWS(parsing: token).header.algorithm == algorithm)
      tokenIDs.insert(try #require(try verifier.verify(token, at: Sample.now).tokenID))
    }
    #expect(tokenIDs.count == 2200)
  }

  @Test("a cancelled caller gets an error or a token of its own, and the others get theirs")
  func cancellation() async throws {
    let issuer = try Self.issuer(.shared)
    let verifier = try SampleRing.verifier()
    let session = try issuer.session(Sample.content(), .es256)
    let minted = Atomic(0)
    for _ in 0..<20 {
      let tasks = (0..<100).map { _ in
        Task {
          return try await session.batchedToken()
        }
      }
      for index in stride(from: 0, to: 100, by: 3) { tasks[index].cancel() }
      for (index, task) in tasks.enumerated() {
        switch await task.result {
        case .success(let token):
          _ = try verifier.verify(token.text, at: Sample.now)
          minted.add(1, ordering: .relaxed)
        case .failure(let error): #expect(index % 3 == 0 && error as? IDTokenError == .cancelled)
        }
      }
    }
    #expect(minted.load(ordering: .relaxed) >= 20 * 66)
  }
}
