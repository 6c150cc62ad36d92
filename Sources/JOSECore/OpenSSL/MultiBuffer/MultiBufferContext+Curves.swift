extension MultiBufferContext {
  /// FIPS 186-5 §6.4.1, on each lane with a nonce of its own.
  func signECDSA(_ function: MultiBufferLibrary.ECDSASign) throws(JWAError) -> FailedSlots {
    guard let nonces else { return .all }
    defer { nonces.wipe() }
    try nonces.draw(pending, inputs)
    for lane in pending.indices {
      unsafe pointers[0][lane] = signatures.pointer(lane)
      unsafe pointers[1][lane] = signatures.pointer(lane) + kind.componentLength
      unsafe pointers[2][lane] = inputs.pointer(lane)
      unsafe pointers[3][lane] = nonces.pointer(lane)
      unsafe pointers[4][lane] = pending[lane].multiBufferKey.pointer(to: 0)
    }
    return failed(unsafe function(pointers[0], pointers[1], pointers[2], pointers[3], pointers[4], nil))
  }

  /// RFC 8032 §5.1.6.
  func signEd25519() -> FailedSlots {
    var lengths = InlineArray<8, UInt32>(repeating: 0)
    for lane in pending.indices {
      unsafe pointers[0][lane] = signatures.pointer(lane)
      unsafe pointers[1][lane] = signatures.pointer(lane) + kind.componentLength
      unsafe pointers[2][lane] = inputs.pointer(lane)
      lengths[lane] = UInt32(pending[lane].inputLength)
      unsafe pointers[3][lane] = pending[lane].multiBufferKey.pointer(to: 0)
      unsafe pointers[4][lane] = pending[lane].multiBufferKey.pointer(to: 1)
    }
    let status = unsafe lengths.span.withUnsafeBufferPointer { lengths -> MultiBufferLibrary.Status in
      guard let lengths = lengths.baseAddress else { return .max }
      return unsafe library.signEd25519(
        pointers[0], pointers[1], pointers[2], lengths, pointers[3], pointers[4])
    }
    return failed(status)
  }
}
