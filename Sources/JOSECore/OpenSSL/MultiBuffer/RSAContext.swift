import COpenSSL

/// What signing with RSA needs beside the eight lanes.
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

  func encode(_ digestValue: Span<UInt8>, _ algorithm: Algorithm, _ lane: Int) throws(JWAError) {
    try encoded.fill(lane) { (output) throws(JWAError) in
      try padding.encode(digestValue, algorithm.scheme, into: &output)
    }
  }
}

extension MultiBufferContext {
  /// RSASP1 (RFC 8017 §5.2.1) of each encoded message. What RSAVP1 doesn't turn back into it has failed: a wrong result
  /// of the Chinese remainder theorem would give the primes away.
  func signRSA() throws(JWAError) -> FailedSlots {
    guard let rsa else { return .all }
    for lane in pending.indices {
      try withInput(lane) { (input) throws(JWAError) in
        try rsa.encode(input, pending[lane].key.algorithm, lane)
      }
      unsafe pointers[0][lane] = rsa.encoded.pointer(lane)
      unsafe pointers[1][lane] = signatures.pointer(lane)
      for part in 0..<5 { unsafe pointers[2 + part][lane] = pending[lane].multiBufferKey.pointer(to: part) }
      unsafe pointers[7][lane] = pending[lane].multiBufferKey.pointer(to: MultiBufferKey.modulus)
    }
    defer { rsa.scratch.wipe() }
    let status = unsafe library.rsaPrivate(
      pointers[0], pointers[1], pointers[2], pointers[3], pointers[4], pointers[5], pointers[6], rsa.bits,
      rsa.privateMethod, rsa.scratch.pointer(0))
    return check(rsa, after: failed(status))
  }

  private func check(_ rsa: RSAContext, after failed: FailedSlots) -> FailedSlots {
    for lane in pending.indices { unsafe pointers[0][lane] = rsa.checks.pointer(lane) }
    let status = unsafe library.rsaPublic(
      pointers[1], pointers[0], pointers[7], rsa.bits, rsa.publicMethod, rsa.scratch.pointer(0))
    var all = self.failed(status)
    for lane in pending.indices {
      let isSame = rsa.checks.withBytes(lane) { check in
        rsa.encoded.withBytes(lane) { check.isEqualInConstantTime(to: $0) }
      }
      if failed.contains(lane) || !isSame { all.insert(lane) }
    }
    return all
  }
}
