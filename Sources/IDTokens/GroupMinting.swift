import JOSE
import JWA

/// Group signing: callers that ask at the same time are signed together, eight at a time, where the processor can.
final class GroupMinting: Sendable {
  private let minters: MinterPool
  private let lanes: SigningLanes
  private let gatherings: [LaneKind: Gathering]

  init(_ minters: MinterPool, _ lanes: SigningLanes) {
    (self.minters, self.lanes) = (minters, lanes)
    guard case .on = lanes.status else {
      gatherings = [:]
      return
    }
    gatherings = Dictionary(uniqueKeysWithValues: LaneKind.allCases.map { ($0, Gathering($0)) })
  }

  /// A fresh token; it waits for nothing but the signature of those who asked at the same time.
  func mint(_ template: TokenTemplate, at now: NumericDate) async throws(IDTokenError) -> SessionToken {
    guard let gathering = gathering(template.parts.key) else { return try minters.mint(template, at: now) }
    let caller = GroupedCaller(template, at: now)
    switch await verdict(caller, gathering) {
    case .minted(let result): return try result.get()
    case .alone: return try minters.mint(template, at: now)
    case .cancelled: throw .cancelled
    }
  }

  /// `nil` where the caller signs by itself at once.
  private func gathering(_ key: SigningKey) -> Gathering? {
    guard let kind = key.laneKind, let gathering = gatherings[kind], !gathering.isSolitary() else {
      return nil
    }
    guard lanes.refusal(of: key) == nil else {
      gathering.stayAlone()
      return nil
    }
    return gathering
  }

  private func verdict(_ caller: GroupedCaller, _ gathering: Gathering) async -> GroupedCaller.Verdict {
    guard !Task.isCancelled else { return .cancelled }
    switch gathering.join(caller) {
    case .signs(let group): minters.mint(group)
    case .leads(let number):
      // All tasks that are ready run before this one goes on.
      await Task.yield()
      let (group, isEnough) = gathering.close(number: number)
      if isEnough { minters.mint(group) } else { for caller in group { caller.close(.alone) } }
    case .waits:
      return await withTaskCancellationHandler {
        await caller.verdict
      } onCancel: {
        gathering.leave(caller)
      }
    }
    return await caller.verdict
  }
}
