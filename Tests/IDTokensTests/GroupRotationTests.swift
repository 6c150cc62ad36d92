import JOSECore
import KeyRotation
import Testing

@testable import IDTokens

/// Made for `make tsan` and `make asan` as well.
@Suite("Callers are signed together while the ring rotates and some are cancelled") struct GroupRotationTests
{
  private static let tasks = 24
  private static let tokensOfEach = 60

  @Test("each gets a token by a key of the ring, or is cancelled", arguments: BatchMintingTests.paths)
  func rotation(lanes: MultiBufferSigner) async throws {
    let epochs = try SeriesRenewalTests.epochs(8)
    let ring = Sample.live(epochs[0])
    let issuer = TokenIssuer(
      try IssuerURL(Sample.issuer), ring: ring, clock: .fixed(Sample.now), lanes: lanes)
    let series = try issuer.series(Sample.request(), .openID(.es256))
    let tasks = (0..<Self.tasks).map { number in
      Task {
        var (series, tokens) = (series, [String]())
        for index in 0..<Self.tokensOfEach {
          if number == 0 { ring.update(epochs[index * 8 / Self.tokensOfEach], confirmedAt: Sample.now) }
          do throws(IDTokenError) {
            tokens.append(try await issuer.mintTogether(&series).serialized)
          } catch {
            guard error == .cancelled, Task.isCancelled else { throw error }
          }
          // Half of those who go do so while they wait, and half by themselves.
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
    var verifiers: [String: TokenVerifier] = [:]
    for epoch in epochs {
      verifiers[try epoch.signingKey(for: .es256).keyID] = TokenVerifier(keys: epoch.jwks)
    }
    var tokenIDs: Set<String> = []
    for token in tokens {
      let keyID = try #require(try Parts(token).header["kid"]?.string)
      let claims = try #require(verifiers[keyID]).verify(token, at: Sample.now)
      tokenIDs.insert(try #require(claims.tokenID))
    }
    #expect(tokenIDs.count == tokens.count)
  }

  @Test("who asks for what can't be is told so, and costs nobody else a token")
  func invalidTimes() async throws {
    let issuer = TokenIssuer(
      try IssuerURL(Sample.issuer), ring: Sample.live(try SampleRing.everyAlgorithm()),
      clock: .fixed(Sample.now))
    // A time before 1970 is nobody's to sign for.
    let series = try SampleRing.asymmetric.map { try issuer.series(Sample.request(), .openID($0)) }
    let pool = MinterPool(.shared)
    let minting = BatchMinting(pool, .shared)
    let gatherings = Dictionary(
      uniqueKeysWithValues: MultiBufferKeyKind.allCases.map { ($0, SigningQueue($0)) })
    let tasks = (0..<1200).map { number in
      let template = series[number % series.count].template
      let time = number % 5 == 0 ? NumericDate(-1) : Sample.now
      return Task {
        guard let kind = template.parts.key.multiBufferKind, let gathering = gatherings[kind] else {
          return try pool.mint(template, at: time)
        }
        return try await minting.mint(template, at: time, in: gathering)
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
