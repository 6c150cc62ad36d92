import Synchronization

/// Where a signing key keeps what the lanes have of it: made when it is first asked for, wiped with the key.
final class MultiBufferKeyCache: Sendable {
  private struct Made {
    let lanes: MultiBufferSigner
    let result: Result<MultiBufferKey, MultiBufferUnavailable>
  }

  private let made = Mutex<Made?>(nil)
  /// Held for milliseconds, and for good in the child of a process that forks meanwhile: nobody waits for it.
  private let making = Mutex<Void>(())

  func key(
    _ lanes: MultiBufferSigner, _ make: () -> Result<MultiBufferKey, MultiBufferUnavailable>
  ) -> Result<MultiBufferKey, MultiBufferUnavailable> {
    if let result = result(lanes) { return result }
    let new = making.withLockIfAvailable { _ in
      // Who held it may have just made it.
      if let result = result(lanes) { return result }
      let result = make()
      made.withLock { $0 = Made(lanes: lanes, result: result) }
      return result
    }
    return new ?? .failure(.beingTested)
  }

  private func result(_ lanes: MultiBufferSigner) -> Result<MultiBufferKey, MultiBufferUnavailable>? {
    made.withLock { made in
      guard let made, made.lanes === lanes else { return nil }
      return made.result
    }
  }
}
