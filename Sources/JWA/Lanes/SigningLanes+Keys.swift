extension SigningLanes {
  /// Why a key's signatures are made by OpenSSL, one by one; `nil` where the lanes make them.
  public func refusal(of key: SigningKey) -> String? {
    switch laneKey(key) {
    case nil: if case .off(let reason) = status { reason } else { "the lanes sign with no such key" }
    case .failure(let refusal): refusal.description
    case .success: nil
    }
  }

  /// What the lanes need of a key; it has signed a known message on every lane, and OpenSSL has verified each signature.
  func laneKey(_ key: SigningKey) -> Result<LaneKey, LaneRefusal>? {
    guard let library, let kind = key.laneKind, let privateKey = key.privateKey else { return nil }
    return key.laneKey.key(self) {
      Result { () throws(LaneRefusal) in
        let laneKey = try LaneKey(kind, privateKey.handle)
        try test(key, laneKey, library)
        return laneKey
      }
    }
  }

  private func test(
    _ key: SigningKey, _ laneKey: LaneKey, _ library: MultiBufferLibrary
  ) throws(LaneRefusal) {
    guard let bench = LaneBench(laneKey.kind, library) else { throw .noLockedMemory }
    let failed: Int?
    do throws(JWAError) { failed = try firstFailedLane(key, laneKey, bench) } catch { failed = 0 }
    if let failed { throw .failedTest(lane: failed) }
  }

  private func firstFailedLane(
    _ key: SigningKey, _ laneKey: LaneKey, _ bench: LaneBench
  ) throws(JWAError) -> Int? {
    // No JWS: a JWS signing input has a dot.
    let message = Array("swift-id-tokens signs a known message".utf8)
    let input = try key.algorithm.digest?.hash(message.span) ?? message
    for lane in 0..<LaneKind.laneCount { bench.add(input.span, key, laneKey, ticket: lane) }
    let failed = try bench.sign()
    guard let publicKey = key.publicKey else { return 0 }
    let verificationKey = try VerificationKey(key.algorithm, publicKey)
    for lane in 0..<LaneKind.laneCount {
      let isValid = try bench.signatures.withBytes(lane) { (signature) throws(JWAError) in
        try verificationKey.isValid(signature, for: message.span)
      }
      guard isValid, !failed.contains(lane) else { return lane }
    }
    return nil
  }
}
