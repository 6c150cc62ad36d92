import Testing

@testable import JOSECore

/// A bias of a fraction of a bit, or two signatures with one nonce, and the private key is known.
@Suite("The nonces of ECDSA, recovered from signatures with the known key") struct NonceTests {
  struct Sampling: Sendable, CustomTestStringConvertible {
    let curve: KeyKind.EllipticCurve
    let way: SigningWay
    let count: Int
    var testDescription: String { "\(count) on \(curve.rawValue), multi-buffer \(way)" }
  }

  static let samplings = [
    Sampling(curve: .p256, way: .on, count: ManyMessages.count),
    Sampling(curve: .p384, way: .on, count: ManyMessages.count / 10),
    Sampling(curve: .p256, way: .software, count: 10_000),
  ]

  @Test(
    "are in [1, n−1], distinct, and uniform in every byte and from one of eight to the next",
    arguments: samplings)
  func nonces(sampling: Sampling) throws {
    let algorithm: Algorithm = sampling.curve == .p256 ? .es256 : .es384
    let key = try SigningKey(algorithm, .generate(.ec(sampling.curve)))
    let recovery = try NonceRecovery(#require(key.privateKey))
    let message = Array("a message".utf8)
    let hash = BigNumber(try #require(algorithm.digest).hash(message.span))
    var signer = try BatchSigner(sampling.way.multiBuffer)
    var statistics = NonceStatistics(byteCount: recovery.byteCount)
    for start in stride(from: 0, to: sampling.count, by: 80) {
      for (index, signature) in try signer.signatures(80, of: message, with: key).enumerated() {
        let nonce = recovery.nonce(of: signature, hash: hash)
        // Which of the eight, and whether the reckoning is right, now and then.
        if (start + index) % 997 == 0 { #expect(recovery.matches(nonce, signature)) }
        #expect(!nonce.isZero)
        statistics.add(nonce.bytes(recovery.byteCount))
      }
    }
    statistics.expectUniform()
  }

  @Test("that lack a bit, or repeat, don't pass for uniform")
  func control() throws {
    var (short, repeated) = (NonceStatistics(byteCount: 32), NonceStatistics(byteCount: 32))
    for _ in 0..<5000 {
      var nonce = try RandomBuffer.bytes(32)
      repeated.add(nonce)
      repeated.add(nonce)
      nonce[0] &= 0x7f
      short.add(nonce)
    }
    #expect(!short.isUniform && !repeated.isUniform && !repeated.areDistinct)
  }

  @Test(
    "of two messages differ though the generator repeats itself",
    arguments: [Algorithm.es256, .es384], [SigningWay.on, .software])
  func hedged(algorithm: Algorithm, way: SigningWay) throws {
    guard let library = way.multiBuffer.library else { return }
    let key = try Sample.newSigningKey(algorithm)
    let other = try SigningKey(algorithm, .generate(#require(key.privateKey?.kind)))
    func r(_ message: String, _ key: SigningKey) throws -> [UInt8] {
      let made = try #require(way.multiBuffer.multiBufferKey(key)).get()
      let context = try #require(MultiBufferContext(made.kind, library))
      // A machine that is restored from a snapshot goes on with the same bytes.
      try #require(context.nonces).fillRandomly = {
        for index in $0.indices { $0[index] = UInt8(index % 32) }
      }
      let input = try #require(algorithm.digest).hash(Array(message.utf8).span)
      context.add(input.span, key, made, ticket: 0)
      _ = try context.sign()
      return context.signatures.withBytes(0) { $0.extracting(first: made.kind.componentLength).map { $0 } }
    }
    let first = try r("a message", key)
    #expect(try r("a message", key) == first, "the generator does repeat itself")
    #expect(try r("another message", key) != first)
    #expect(try r("a message", other) != first)
  }

  @Test(
    "are drawn again where they are 0 or not below n",
    arguments: [
      (MultiBufferKeyKind.p256, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
      (
        .p384,
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"
      ),
    ])
  func range(kind: MultiBufferKeyKind, order: String) throws {
    let nonces = try #require(Nonces(kind))
    let n = [UInt8](hex: order)
    func isInRange(_ number: [UInt8]) throws -> Bool {
      try withExtendedLifetime(nonces) {
        try #require(nonces.pointer(5)).copyMemory(from: Array(number.reversed()), byteCount: number.count)
        return nonces.isInRange(5)
      }
    }
    let zero = [UInt8](repeating: 0, count: n.count)
    let most = [UInt8](repeating: 0xff, count: n.count)
    #expect(try !isInRange(zero) && !isInRange(n) && !isInRange(most))
    #expect(try isInRange(zero.changing(at: n.count - 1)) && isInRange(n.changing(at: n.count - 1)))
    // Higher or lower in a single byte, wherever it is.
    for index in n.indices {
      let (smaller, larger) = (n[index] > 0, n[index] < 0xff)
      if smaller { #expect(try isInRange(n.replacing(index, with: n[index] - 1))) }
      if larger { #expect(try !isInRange(n.replacing(index, with: n[index] + 1))) }
    }
  }
}

/// What is looked at of nonces: each byte's values, and how a byte differs from that of the nonce before.
struct NonceStatistics {
  private var bytes: [ChiSquare]
  private var steps: [ChiSquare]
  private var last: [UInt8]?
  private var count = 0
  private var seen: Set<UInt128> = []

  init(byteCount: Int) {
    bytes = Array(repeating: ChiSquare(), count: byteCount)
    steps = bytes
  }

  mutating func add(_ nonce: [UInt8]) {
    for index in nonce.indices {
      bytes[index].add(nonce[index])
      if let last { steps[index].add(nonce[index] &- last[index]) }
    }
    last = nonce
    count += 1
    // Of a million uniform ones two agree in these bits once in 10²⁶ times.
    seen.insert(nonce.suffix(16).reduce(0) { $0 << 8 | UInt128($1) })
  }

  var areDistinct: Bool { seen.count == count }
  var isUniform: Bool { (bytes + steps).allSatisfy { ChiSquare.likely.contains($0.value) } }

  func expectUniform() {
    #expect(areDistinct)
    for index in bytes.indices {
      #expect(ChiSquare.likely.contains(bytes[index].value), "byte \(index)")
      #expect(ChiSquare.likely.contains(steps[index].value), "byte \(index), from one to the next")
    }
  }
}

extension [UInt8] {
  fileprivate func replacing(_ index: Int, with byte: UInt8) -> [UInt8] {
    var copy = self
    copy[index] = byte
    return copy
  }
}
