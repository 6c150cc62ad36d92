extension MultiBufferSigner {
  /// Why a key's signatures are made by OpenSSL, one by one; `nil` where the lanes make them.
  public func unavailabilityReason(for key: SigningKey) -> String? {
    switch multiBufferKey(key) {
    case nil:
      if case .off(let reason) = status {
        reason
      } else {
        "the multi-buffer library has nothing for \(key.privateKey.map { "\($0.kind)" } ?? "a secret")"
      }
    case .failure(let refusal): refusal.description
    case .success: nil
    }
  }

  /// What the lanes need of a key; it has signed a known message on every lane, and OpenSSL has verified each signature.
  func multiBufferKey(_ key: SigningKey) -> Result<MultiBufferKey, MultiBufferUnavailable>? {
    guard let library, let kind = key.multiBufferKind, let privateKey = key.privateKey else { return nil }
    return key.multiBufferKey.key(self) {
      Result { () throws(MultiBufferUnavailable) in
        let multiBufferKey = try MultiBufferKey(kind, privateKey.handle)
        try test(key, multiBufferKey, library)
        return multiBufferKey
      }
    }
  }

  private func test(
    _ key: SigningKey, _ multiBufferKey: MultiBufferKey, _ library: MultiBufferLibrary
  ) throws(MultiBufferUnavailable) {
    guard let bench = MultiBufferContext(multiBufferKey.kind, library) else { throw .noLockedMemory }
    let failed: Int?
    do throws(JWAError) { failed = try firstFailedLane(key, multiBufferKey, bench) } catch { failed = 0 }
    if let failed { throw .failedTest(slot: failed) }
  }

  private func firstFailedLane(
    _ key: SigningKey, _ multiBufferKey: MultiBufferKey, _ bench: MultiBufferContext
  ) throws(JWAError) -> Int? {
    // No JWS: a JWS signing input has a dot.
    let message = Array("swift-id-tokens signs a known message".utf8)
    let input = try key.algorithm.digest?.hash(message.span) ?? message
    for lane in 0..<MultiBufferKeyKind.slotCount { bench.add(input.span, key, multiBufferKey, ticket: lane) }
    let failed = try bench.sign()
    guard let publicKey = key.publicKey else { return 0 }
    let verificationKey = try VerificationKey(key.algorithm, publicKey)
    for lane in 0..<MultiBufferKeyKind.slotCount {
      let isValid = try bench.signatures.withBytes(lane) { (signature) throws(JWAError) in
        try verificationKey.isValid(signature, for: message.span)
      }
      guard isValid, !failed.contains(lane) else { return lane }
    }
    return nil
  }
}
