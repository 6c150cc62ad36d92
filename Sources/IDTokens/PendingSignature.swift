import JOSECore
import Synchronization

/// A caller whose token is signed together with those of others.
final class PendingSignature: Sendable {
  let template: PreparedToken
  let now: NumericDate
  private let state = Mutex(State.open)

  enum Verdict: Sendable {
    case minted(Result<SessionToken, IDTokenError>)
    /// It signs by itself: there is too little company, or the group has failed.
    case alone
    case cancelled
  }

  private enum State {
    case open
    case suspended(Waker)
    case closed(Verdict)

    var verdict: Verdict? { if case .closed(let verdict) = self { verdict } else { nil } }
  }

  init(_ template: PreparedToken, at now: NumericDate) { (self.template, self.now) = (template, now) }

  /// The first verdict counts.
  func close(_ verdict: Verdict) {
    let waker = state.withLock { state -> Waker? in
      switch state {
      case .closed: return nil
      case .open:
        state = .closed(verdict)
        return nil
      case .suspended(let waker):
        state = .closed(verdict)
        return waker
      }
    }
    waker?.wake(verdict)
  }

  /// Waits for it; for one task.
  var verdict: Verdict {
    get async {
      if let known = state.withLock({ $0.verdict }) { return known }
      return await unsafe withUnsafeContinuation { continuation in
        let waker = unsafe Waker(continuation)
        let early = state.withLock { state -> Verdict? in
          if let verdict = state.verdict { return verdict }
          state = .suspended(waker)
          return nil
        }
        if let early { waker.wake(early) }
      }
    }
  }
}

/// A suspended task. It is woken once, because a caller closes once.
@safe
private struct Waker: Sendable {
  private let continuation: UnsafeContinuation<PendingSignature.Verdict, Never>

  init(_ continuation: UnsafeContinuation<PendingSignature.Verdict, Never>) {
    unsafe self.continuation = unsafe continuation
  }

  func wake(_ verdict: PendingSignature.Verdict) { unsafe continuation.resume(returning: verdict) }
}
