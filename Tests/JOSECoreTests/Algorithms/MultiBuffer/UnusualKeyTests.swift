import Testing

@testable import JOSECore

@Suite("RSA keys that are unusual") struct UnusualKeyTests {
  private static let libraries = [SigningWay.on, .software]

  /// Why OpenSSL signs; `nil` where the multi-buffer library does. Each signature is right.
  private func refusal(_ privateKey: PrivateKey, _ multiBuffer: MultiBufferSigner) throws -> String? {
    let key = try SigningKey(.rs256, privateKey)
    var signer = try BatchSigner(multiBuffer)
    for round in 0..<20 {
      let message = Array("message \(round)".utf8)
      for signature in try signer.signatures(8, of: message, with: key) {
        #expect(try key.verificationKey().accepts(signature, for: message))
      }
    }
    #expect(multiBuffer.faults == 0)
    return multiBuffer.unavailabilityReason(for: key)
  }

  @Test("with the primes in either order sign eight at a time", arguments: libraries)
  func order(way: SigningWay) throws {
    let primes = try Primes.made(bits: 1024, 1024)
    for primes in [primes, Primes(p: primes.q, q: primes.p)] {
      let multiBuffer = way.fresh()
      let refusal = try refusal(primes.key(e: 65537), multiBuffer)
      if multiBuffer.isOn { #expect(refusal == nil) }
    }
  }

  @Test("are signed for by OpenSSL where another exponent is public", arguments: [UInt(3), 17, 65539])
  func exponent(e: UInt) throws {
    var primes = try Primes.made(bits: 1024, 1024)
    while !primes.take(e) { primes = try Primes.made(bits: 1024, 1024) }
    #expect(
      try refusal(primes.key(e: e), SigningWay.software.fresh())
        == "the key is unusual: its public exponent is not 65537")
  }

  @Test("or where one prime is longer than the other")
  func lengths() throws {
    for (p, q) in [(1000, 1048), (1048, 1000)] {
      #expect(
        try refusal(Primes.made(bits: p, q).key(e: 65537), SigningWay.software.fresh())
          == "the key is unusual: its primes are not of 1024 bits each")
    }
  }

  @Test("or where the primes are not known")
  func noPrimes() throws {
    #expect(
      try refusal(Primes.made(bits: 1024, 1024).key(e: 65537, isCRT: false), SigningWay.software.fresh())
        == "the key is unusual: OpenSSL does not give its rsa-factor1")
  }

  @Test("or where the multi-buffer library has nothing for the modulus")
  func modulus() throws {
    let multiBuffer = SigningWay.software.fresh()
    #expect(
      try refusal(.generate(.rsa(modulusBits: 2056)), multiBuffer)
        == "the multi-buffer library has nothing for an RSA key of 2056 bits")
  }
}

private struct Primes {
  let p, q: BigNumber
  private static let one = BigNumber(1)

  /// Two of so many bits, with a modulus of 2048.
  static func made(bits p: Int, _ q: Int) throws -> Primes {
    while true {
      let primes = Primes(p: .prime(bits: p), q: .prime(bits: q))
      if primes.p.product(primes.q).bitCount == 2048, primes.take(65537) { return primes }
    }
  }

  private var phi: BigNumber { p.minus(Self.one).product(q.minus(Self.one)) }

  /// Whether it can be the public exponent.
  func take(_ e: UInt) -> Bool {
    [p, q].allSatisfy { !$0.minus(Self.one).modulo(BigNumber(e)).isZero }
  }

  func key(e: UInt, isCRT: Bool = true) throws -> PrivateKey {
    let d = BigNumber(e).inverse(phi)
    func secret(_ number: BigNumber) -> SecretBytes { SecretBytes(number.bytes(number.byteCount)) }
    let primes = PrivateKey.RSAParameters.Primes(
      p: secret(p), q: secret(q), dp: secret(d.modulo(p.minus(Self.one))),
      dq: secret(d.modulo(q.minus(Self.one))), qi: secret(q.inverse(p)))
    let n = p.product(q)
    let exponent = BigNumber(e)
    return try PrivateKey(
      rsa: .init(
        n: n.bytes(n.byteCount), e: exponent.bytes(exponent.byteCount), d: secret(d),
        primes: isCRT ? primes : nil))
  }
}
