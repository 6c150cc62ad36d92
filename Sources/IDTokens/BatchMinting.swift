import JOSECore

/// Group signing: callers that ask at the same time are signed together, eight at a time, where the processor can.
final class BatchMinting: Sendable {
  private let minters: MinterPool
  private let lanes: MultiBufferSigner
  private let gatherings: [MultiBufferKeyKind: SigningQueue]

  init(_ minters: MinterPool, _ lanes: MultiBufferSigner) {
    (self.minters, self.lanes) = (minters, lanes)
    guard case .on = lanes.status else {
      gatherings = [:]
      return
    }
    gatherings = Dictionary(uniqueKeysWithValues: MultiBufferKeyKind.allCases.map { ($0, SigningQueue($0)) })
  }

  /// Where the next caller with the key meets others; `nil` where it signs at once, alone.
  func gathering(_ key: SigningKey) -> SigningQueue? {
    guard let kind = key.multiBufferKind, let gathering = gatherings[kind], !gathering.isSolitary() else {
      return nil
    }
    return gathering
  }

  /// A fresh token; it waits for nothing but the signature of those who asked at the same time.
  func mint(
    _ template: PreparedToken, at now: NumericDate, in gathering: SigningQueue
  ) async throws(IDTokenError) -> SessionToken {
    guard !Task.isCancelled else { throw .cancelled }
    let caller = PendingSignature(template, at: now)
    let verdict: PendingSignature.Verdict
    switch gathering.join(caller) {
    case .signs(let group):
      sign(group, in: gathering)
      verdict = await caller.verdict
    case .leads(let number):
      // All tasks that are ready run before this one goes on.
      await Task.yield()
      let (group, isEnough) = gathering.close(number: number)
      if isEnough { sign(group, in: gathering) } else { for each in group { each.close(.alone) } }
      verdict = await caller.verdict
    case .waits:
      verdict = await withTaskCancellationHandler {
        await caller.verdict
      } onCancel: {
        gathering.leave(caller)
      }
    }
    switch verdict {
    case .minted(let result): return try result.get()
    case .alone: return try minters.mint(template, at: now)
    case .cancelled: throw .cancelled
    }
  }

  /// A key's first signatures are tested here and not sooner, so that no lone caller waits for it.
  private func sign(_ group: [PendingSignature], in gathering: SigningQueue) {
    guard let first = group.first else { return }
    guard lanes.unavailabilityReason(for: first.template.parts.key) == nil else {
      gathering.stayAlone()
      for each in group { each.close(.alone) }
      return
    }
    minters.mint(group)
  }
}
