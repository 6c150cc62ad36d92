import JOSECore
import Synchronization
import SystemSupport

/// Where concurrent callers with keys of one kind meet, to be signed as one batch. There is no timer.
///
/// A caller with nobody waiting signs immediately, by itself. Every 65th such caller yields once, to see whether others
/// arrive. If enough do, all callers queue from then on, until concurrency drops below that number. The eighth of a batch
/// signs it; else the first does, once the callers that were ready have joined.
package final class SigningQueue: Sendable {
  private struct State {
    var waiting: [PendingSignature] = []
    /// Of the batch that waits.
    var number = 0
    /// How many more callers sign alone before one yields.
    var untilProbe = SigningQueue.probeInterval

    mutating func takeBatch() -> [PendingSignature] {
      defer { waiting = [] }
      number += 1
      return waiting
    }
  }

  private let state = Mutex(State())
  /// Fewer are signed sooner by themselves, each on a processor of its own.
  private let threshold: Int

  /// A probe costs a lone caller a few per cent of a signature.
  private static let probeInterval = 64

  init(_ kind: MultiBufferKeyKind, processors: Int = ProcessorCount.available) {
    threshold = min(MultiBufferKeyKind.slotCount, kind.worthwhile * processors)
  }

  /// Whether the next caller signs by itself, without a probe.
  func signsAlone() -> Bool {
    state.withLock { state in
      guard state.waiting.isEmpty, state.untilProbe > 0 else { return false }
      state.untilProbe -= 1
      return true
    }
  }

  /// Has callers sign alone until the next probe.
  func pause() { state.withLock { $0.untilProbe = Self.probeInterval } }
}

extension SigningQueue {
  enum Role {
    /// The first of a batch: it signs once the others have joined.
    case leads(number: Int)
    case waits
    /// The last of a batch: it signs now.
    case signs([PendingSignature])
  }

  func join(_ pending: PendingSignature) -> Role {
    state.withLock { state in
      state.waiting.append(pending)
      switch state.waiting.count {
      case MultiBufferKeyKind.slotCount: return .signs(state.takeBatch())
      case 1: return .leads(number: state.number)
      default: return .waits
      }
    }
  }

  /// The batch that its first caller signs, and whether it reaches the threshold; empty if it is signed already.
  func close(number: Int) -> (batch: [PendingSignature], isEnough: Bool) {
    state.withLock { state in
      guard state.number == number else { return ([], true) }
      let isEnough = state.waiting.count >= threshold
      if !isEnough { state.untilProbe = Self.probeInterval }
      return (state.takeBatch(), isEnough)
    }
  }

  /// Takes a cancelled caller out, unless it is being signed already.
  func leave(_ pending: PendingSignature) {
    state.withLock { state in state.waiting.removeAll { $0 === pending } }
    pending.resume(.cancelled)
  }
}

/// A token that waits to be signed with others, and the task that waits for it.
final class PendingSignature: Sendable {
  let token: PreparedToken
  let now: NumericDate
  private let state = Mutex(State.open)

  enum Outcome: Sendable {
    case minted(IDToken)
    /// The caller signs by itself: there are too few others, or the batch has failed.
    case alone
    case cancelled
  }

  private enum State {
    case open
    case suspended(Continuation)
    case resumed(Outcome)
  }

  init(_ token: PreparedToken, at now: NumericDate) { (self.token, self.now) = (token, now) }

  /// The first outcome counts.
  func resume(_ outcome: Outcome) {
    let continuation = state.withLock { state -> Continuation? in
      defer { if case .resumed = state {} else { state = .resumed(outcome) } }
      if case .suspended(let continuation) = state { return continuation }
      return nil
    }
    continuation?.resume(outcome)
  }

  /// Waits for it; for one task.
  nonisolated(nonsending) var outcome: Outcome {
    get async {
      if let known { return known }
      return await unsafe withUnsafeContinuation { unsafeContinuation in
        let continuation = unsafe Continuation(unsafeContinuation)
        let early = state.withLock { state -> Outcome? in
          if case .resumed(let outcome) = state { return outcome }
          state = .suspended(continuation)
          return nil
        }
        if let early { continuation.resume(early) }
      }
    }
  }

  private var known: Outcome? {
    state.withLock { state in if case .resumed(let outcome) = state { outcome } else { nil } }
  }
}

/// A suspended task. It is resumed once, because only the first outcome counts.
@safe
private struct Continuation: Sendable {
  private let continuation: UnsafeContinuation<PendingSignature.Outcome, Never>

  init(_ continuation: UnsafeContinuation<PendingSignature.Outcome, Never>) {
    unsafe self.continuation = unsafe continuation
  }

  func resume(_ outcome: PendingSignature.Outcome) { unsafe continuation.resume(returning: outcome) }
}
