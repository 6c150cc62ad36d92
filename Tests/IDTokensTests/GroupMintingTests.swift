import IDTokens
import JOSECore
import KeyRotation
import Synchronization
import Testing

@Suite("Callers that ask at the same time are signed together") struct BatchMintingTests {
  private static func issuer(_ lanes: MultiBufferSigner) throws -> TokenIssuer {
    TokenIssuer(
      try IssuerURL(Sample.issuer), ring: Sample.live(try SampleRing.everyAlgorithm()),
      clock: .fixed(Sample.now),
      lanes: lanes)
  }

  static let paths: [MultiBufferSigner] = [.shared, .off]

  @Test("each gets a token of its own, whatever its algorithm, with lanes and without", arguments: paths)
  func everyAlgorithm(lanes: MultiBufferSigner) async throws {
    let issuer = try Self.issuer(lanes)
    let algorithms = SampleRing.asymmetric
    let tokens = try await withThrowingTaskGroup(of: (Algorithm, String).self) { group in
      for number in 0..<2200 {
        let algorithm = algorithms[number % algorithms.count]
        let series = try issuer.series(Sample.request(), .openID(algorithm))
        group.addTask { [series] in
          var series = series
          return (algorithm, try await issuer.mintTogether(&series).serialized)
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

  @Test("who is cancelled gets no token, or his own, and everyone else gets theirs")
  func cancellation() async throws {
    let issuer = try Self.issuer(.shared)
    let verifier = try SampleRing.verifier()
    let series = try issuer.series(Sample.request(), .openID(.es256))
    let minted = Atomic(0)
    for _ in 0..<20 {
      let tasks = (0..<100).map { _ in
        Task {
          var series = series
          return try await issuer.mintTogether(&series)
        }
      }
      for index in stride(from: 0, to: 100, by: 3) { tasks[index].cancel() }
      for (index, task) in tasks.enumerated() {
        switch await task.result {
        case .success(let token):
          _ = try verifier.verify(token.serialized, at: Sample.now)
          minted.add(1, ordering: .relaxed)
        case .failure(let error): #expect(index % 3 == 0 && error as? IDTokenError == .cancelled)
        }
      }
    }
    #expect(minted.load(ordering: .relaxed) >= 20 * 66)
  }
}
