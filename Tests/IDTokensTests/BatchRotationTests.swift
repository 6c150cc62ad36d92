import JOSECore
import KeyRotation
import TestSupport
import Testing

@testable import IDTokens

/// Made for `make tsan` and `make asan` as well.
@Suite("Callers are signed in batches while the ring rotates and some are cancelled")
struct BatchRotationTests {
  private static let tasks = 24
  private static let tokensOfEach = 60

  @Test("each gets a token by a key of the ring, or is cancelled", arguments: BatchMintingTests.paths)
  func rotation(multiBuffer: MultiBufferSigner) async throws {
    let epochs = try SessionRenewalTests.epochs(8)
    let ring = Sample.ring(epochs[0])
    let issuer = RingIssuer(ring: ring, clock: .fixed(Sample.now), multiBuffer: multiBuffer)
    let session = try issuer.session(Sample.content(), .es256)
    let tasks = (0..<Self.tasks).map { number in
      Task {
        var tokens: [String] = []
        for index in 0..<Self.tokensOfEach {
          if number == 0 { ring.update(epochs[index * 8 / Self.tokensOfEach], confirmedAt: Sample.now) }
          do throws(IDTokenError) {
            tokens.append(try await session.batchedToken().text)
          } catch {
            guard error == .cancelled, Task.isCancelled else { throw error }
          }
          // Half of the cancelled tasks are cancelled while they wait, and half cancel themselves.
          if number % 3 == 1, index == number { withUnsafeCurrentTask { $0?.cancel() } }
        }
        return tokens
      }
    }
    for number in stride(from: 2, to: Self.tasks, by: 3) { tasks[number].cancel() }
    var tokens: [String] = []
    for (number, task) in tasks.enumerated() {
      let own = try await task.value
      if number % 3 == 0 { #expect(own.count == Self.tokensOfEach) }
      tokens += own
    }
    #expect(ring.epoch == epochs.last?.epoch)
    try Self.verify(tokens, epochs)
  }

  private static func verify(_ tokens: [String], _ epochs: [KeyRingSnapshot]) throws {
    var verifiers: [String: TokenVerifier<VerificationKeys>] = [:]
    for epoch in epochs {
      verifiers[try epoch.signingKey(for: .es256).keyID] = TokenVerifier(
        .jwkSet(epoch.jwks), audience: .unchecked, issuer: .unchecked)
    }
    var tokenIDs: Set<String> = []
    for token in tokens {
      let keyID = try #require(try Parts(token).header["kid"]?.string)
      let claims = try #require(verifiers[keyID]).verify(token, at: Sample.now)
      tokenIDs.insert(try #require(claims.tokenID))
    }
    #expect(tokenIDs.count == tokens.count)
  }

  @Test("a token that can't be minted is an error for its caller, and costs nobody else a token")
  func invalidTimes() async throws {
    let issuer = RingIssuer(ring: Sample.ring(try SampleRing.everyAlgorithm()), clock: .fixed(Sample.now))
    let prepared = try SampleRing.asymmetric.map { try issuer.session(Sample.content(), $0).prepared() }
    let (pool, queues) = (
      MinterPool(.shared),
      Dictionary(uniqueKeysWithValues: MultiBufferKeyKind.allCases.map { ($0, SigningQueue($0)) })
    )
    let tasks = (0..<1200).map { number in
      let token = prepared[number % prepared.count]
      let time = number % 5 == 0 ? NumericDate(-1) : Sample.now
      return Task {
        guard let kind = token.key?.multiBufferKind, let queue = queues[kind] else {
          return try pool.mint(token, at: time)
        }
        return try await pool.mint(token, at: time, in: queue)
      }
    }
    for (number, task) in tasks.enumerated() {
      switch await task.result {
      case .success: #expect(number % 5 != 0)
      case .failure(let error):
        #expect(number % 5 == 0 && error as? IDTokenError == .invalidTime(NumericDate(-1)))
      }
    }
  }
}
