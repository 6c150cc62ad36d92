import COpenSSL

/// What signing with RSA needs beside the eight slots.
@safe
final class RSAContext {
  let bits: Int32
  let privateMethod, publicMethod: MultiBufferLibrary.Method
  /// Where the library works: its size is the library's to say.
  let scratch: MultiBufferMemory
  let encoded, checks: MultiBufferMemory
  private var padding: SignaturePadding

  init?(_ bits: Int, _ library: MultiBufferLibrary) {
    self.bits = Int32(bits)
    guard let privateMethod = unsafe library.rsaPrivateMethod(self.bits),
      let publicMethod = unsafe library.rsaPublicMethod(self.bits), let padding = try? SignaturePadding()
    else { return nil }
    unsafe (self.privateMethod, self.publicMethod) = (privateMethod, publicMethod)
    self.padding = padding
    let size = unsafe max(library.rsaBufferSize(privateMethod), library.rsaBufferSize(publicMethod))
    scratch = MultiBufferMemory(
      length: (Int(size) + MultiBufferKeyKind.slotCount - 1) / MultiBufferKeyKind.slotCount)
    encoded = MultiBufferMemory(length: bits / 8)
    checks = MultiBufferMemory(length: bits / 8)
  }

  func encode(_ digestValue: Span<UInt8>, _ algorithm: Algorithm, _ slot: Int) throws(JOSEError) {
    try encoded.fill(slot) { (output) throws(JOSEError) in
      try padding.encode(digestValue, algorithm.scheme, into: &output)
    }
  }
}

extension MultiBufferContext {
  /// RSASP1 (RFC 8017 §5.2.1) of each encoded message. What RSAVP1 doesn't turn back into it has failed: a wrong result
  /// of the Chinese remainder theorem would give the primes away.
  func signRSA() throws(JOSEError) -> FailedSlots {
    guard let rsa else { return .all }
    for slot in pending.indices {
      try withInput(slot) { (input) throws(JOSEError) in
        try rsa.encode(input, pending[slot].key.algorithm, slot)
      }
      unsafe pointers[0][slot] = rsa.encoded.pointer(slot)
      unsafe pointers[1][slot] = signatures.pointer(slot)
      for part in 0..<5 { unsafe pointers[2 + part][slot] = pending[slot].multiBufferKey.pointer(to: part) }
      unsafe pointers[7][slot] = pending[slot].multiBufferKey.pointer(to: MultiBufferKey.modulus)
    }
    defer { rsa.scratch.wipe() }
    let status = unsafe library.rsaPrivate(
      pointers[0], pointers[1], pointers[2], pointers[3], pointers[4], pointers[5], pointers[6], rsa.bits,
      rsa.privateMethod, rsa.scratch.pointer(0))
    return check(rsa, after: failed(status))
  }

  private func check(_ rsa: RSAContext, after failed: FailedSlots) -> FailedSlots {
    for slot in pending.indices { unsafe pointers[0][slot] = rsa.checks.pointer(slot) }
    let status = unsafe library.rsaPublic(
      pointers[1], pointers[0], pointers[7], rsa.bits, rsa.publicMethod, rsa.scratch.pointer(0))
    var all = self.failed(status)
    for slot in pending.indices {
      let isSame = rsa.checks.withBytes(slot) { check in
        rsa.encoded.withBytes(slot) { check.isEqualInConstantTime(to: $0) }
      }
      if failed.contains(slot) || !isSame { all.insert(slot) }
    }
    return all
  }
}

/// The encodings of RSA signatures (RFC 8017 §9.1.1, §9.2), which OpenSSL makes within its own operation.
struct SignaturePadding: ~Copyable {
  private var hash: DigestContext
  private var value = DigestValue(repeating: 0)
  private var random = RandomBuffer()

  init() throws(JOSEError) { hash = try DigestContext() }

  /// Appends the encoding of a hash value: as many bytes as `encoded` has room for, which is the modulus's length.
  mutating func encode(
    _ digestValue: Span<UInt8>, _ scheme: Algorithm.Scheme, into encoded: inout OutputSpan<UInt8>
  ) throws(JOSEError) {
    switch scheme {
    case .rsaPKCS1(let digest): encodePKCS1(digestValue, digest, &encoded)
    case .rsaPSS(let digest): try encodePSS(digestValue, digest, &encoded)
    case .hmac, .ecdsa, .edDSA:
      throw .openSSL(operation: "pad a signature", reason: "the algorithm isn't RSA's")
    }
  }

  /// EM = 0x00 ‖ 0x01 ‖ PS ‖ 0x00 ‖ T (RFC 8017 §9.2 step 5).
  private func encodePKCS1(
    _ digestValue: Span<UInt8>, _ digest: MessageDigest, _ encoded: inout OutputSpan<UInt8>
  ) {
    let info = digest.digestInfo
    let paddingLength = encoded.freeCapacity - 3 - info.count - digestValue.count
    encoded.append(0x00)
    encoded.append(0x01)
    encoded.append(repeating: 0xff, count: paddingLength)
    encoded.append(0x00)
    encoded.append(info.span)
    encoded.append(digestValue)
  }

  /// RFC 8017 §9.1.1, with a salt as long as the hash (RFC 7518 §3.5).
  private mutating func encodePSS(
    _ digestValue: Span<UInt8>, _ digest: MessageDigest, _ encoded: inout OutputSpan<UInt8>
  ) throws(JOSEError) {
    let saltLength = digest.length
    var salt = DigestValue(repeating: 0)
    for start in stride(from: 0, to: saltLength, by: 16) {
      let bytes = try random.next()
      for index in 0..<16 { salt[start + index] = bytes[index] }
    }
    // Steps 5 and 6: H = Hash(0x00 × 8 ‖ mHash ‖ salt).
    try hash.begin(digest)
    try hash.update(InlineArray<8, UInt8>(repeating: 0).span)
    try hash.update(digestValue)
    try hash.update(salt.span.extracting(first: saltLength))
    var h = DigestValue(repeating: 0)
    try hash.finish(into: &h)
    try appendMasked(salt, h, digest, &encoded)
    encoded.append(h.span.extracting(first: digest.length))
    encoded.append(0xbc)
  }

  /// Steps 7 to 11: DB = 0x00 … ‖ 0x01 ‖ salt under the mask of MGF1(H), with the bit beyond the modulus cleared.
  private mutating func appendMasked(
    _ salt: borrowing DigestValue, _ h: borrowing DigestValue, _ digest: MessageDigest,
    _ encoded: inout OutputSpan<UInt8>
  ) throws(JOSEError) {
    let count = encoded.freeCapacity - digest.length - 1
    let saltStart = count - digest.length
    for index in 0..<count {
      let position = index % digest.length
      // RFC 8017 §B.2.1: Hash(seed ‖ counter), one after the other.
      if position == 0 { try mask(h, UInt32(index / digest.length), digest) }
      let byte: UInt8 =
        if index >= saltStart { salt[index - saltStart] } else { index == saltStart - 1 ? 0x01 : 0x00 }
      encoded.append((byte ^ value[position]) & (index == 0 ? 0x7f : 0xff))
    }
  }

  private mutating func mask(
    _ seed: borrowing DigestValue, _ counter: UInt32, _ digest: MessageDigest
  ) throws(JOSEError) {
    let octets: InlineArray<4, UInt8> = [
      UInt8(truncatingIfNeeded: counter >> 24), UInt8(truncatingIfNeeded: counter >> 16),
      UInt8(truncatingIfNeeded: counter >> 8), UInt8(truncatingIfNeeded: counter),
    ]
    try hash.begin(digest)
    try hash.update(seed.span.extracting(first: digest.length))
    try hash.update(octets.span)
    try hash.finish(into: &value)
  }
}

extension MessageDigest {
  /// The DER of DigestInfo up to the hash value (RFC 8017 §9.2 note 1).
  fileprivate var digestInfo: InlineArray<19, UInt8> {
    let number: UInt8 =
      switch self {
      case .sha256: 1
      case .sha384: 2
      case .sha512: 3
      }
    let length = UInt8(self.length)
    return [
      0x30, 17 + length, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, number, 0x05,
      0x00,
      0x04, length,
    ]
  }
}
