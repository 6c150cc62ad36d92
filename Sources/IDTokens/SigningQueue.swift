import JOSECore
import Synchronization
import SystemSupport

/// Where callers with keys of one kind meet, to be signed together: as databases group their commits, but with no timer.
///
/// Who finds nobody signs at once, alone. Now and then one of these lets the tasks run that are ready to, to see whether
/// they ask as well. If enough do, all callers gather from then on, until there is too little company again. The eighth of a
/// group signs it; else the first does, when those who were ready have come.
package final class SigningQueue: Sendable {
  private struct State {
    var waiting: [PendingSignature] = []
    /// Of the group that waits.
    var number = 0
    /// How many more callers sign alone before one looks for company.
    var solitary = SigningQueue.solitude

    mutating func takeAll() -> [PendingSignature] {
      defer { waiting = [] }
      number += 1
      return waiting
    }
  }

  private let state = Mutex(State())
  /// Fewer are signed sooner by themselves, each on a processor of its own.
  private let enough: Int

  /// Looking for company costs a lone caller a few per cent of a signature, and one in so many does it.
  private static let solitude = 64

  init(_ kind: MultiBufferKeyKind, processors: Int = ProcessorCount.available) {
    enough = min(MultiBufferKeyKind.slotCount, kind.worthwhile * processors)
  }

  /// Whether the next caller signs alone, without a look around.
  func isSolitary() -> Bool {
    state.withLock { state in
      guard state.waiting.isEmpty, state.solitary > 0 else { return false }
      state.solitary -= 1
      return true
    }
  }

  enum Role {
    /// The first of a group: it signs when the others have come.
    case leads(number: Int)
    case waits
    /// The last of a group: it signs now.
    case signs([PendingSignature])
  }

  func join(_ caller: PendingSignature) -> Role {
    state.withLock { state in
      state.waiting.append(caller)
      switch state.waiting.count {
      case MultiBufferKeyKind.slotCount: return .signs(state.takeAll())
      case 1: return .leads(number: state.number)
      default: return .waits
      }
    }
  }

  /// Whom the first of a group has to sign for, and whether they are enough to gather; nobody where it is signed already.
  func close(number: Int) -> (group: [PendingSignature], isEnough: Bool) {
    state.withLock { state in
      guard state.number == number else { return ([], true) }
      let isEnough = state.waiting.count >= enough
      if !isEnough { state.solitary = Self.solitude }
      return (state.takeAll(), isEnough)
    }
  }

  /// A cancelled caller goes, unless it is being signed already: it takes no lane from others.
  func leave(_ caller: PendingSignature) {
    state.withLock { state in state.waiting.removeAll { $0 === caller } }
    caller.close(.cancelled)
  }

  /// For keys that no lane signs: there is nothing to gather for.
  func stayAlone() { state.withLock { $0.solitary = Self.solitude } }
}
