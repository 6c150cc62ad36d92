import SystemSupport

/// Something that happens in the modelled world. What can't happen in a state is passed over there, so a history stays
/// one when events are taken out of it. Numbers name processes.
package enum WorldEvent: Hashable, Sendable {
  /// Time passes, in seconds. All the while, every process that may sign signs, and every one that may serve serves.
  case advance(Int64)
  /// Takes a step if one is due, writes it and uses it.
  case step(Int)
  case request(Int, Wish)
  /// The step becomes durable and its writer dies before it notices.
  case stepAndCrash(Int)
  /// The store can't write.
  case failedWrite(Int)
  /// Works a step out, to write it later: meanwhile others may write, or the process may stand still.
  case plan(Int)
  case commit(Int)
  case crash(Int)
  case restart(Int)
  /// From the store, not from its users: it serves and would sign on.
  case cutOff(Int)
  case reconnect(Int)
  /// The clock jumps: seconds that it is ahead of true time now.
  case setClock(Int, Int64)
  /// The process is started anew with another policy: the number of one in the scenario.
  case setPolicy(Int, Int)
  /// The ring's JWKS is copied to the static host.
  case export

  /// What an operator asks of a step.
  package enum Wish: Hashable, Sendable {
    case rotate
    /// Of an algorithm of the policy, by its place.
    case revokeActive(Int)
    case revokeStandby(Int)
    /// Fetches the public copy and tells the ring what it holds.
    case confirm
  }
}

extension WorldEvent: CustomStringConvertible {
  package var description: String {
    switch self {
    case .advance(let seconds): "\(DurationFormat.text(seconds, units: .max)) pass"
    case .step(let process): "\(name(process)) steps"
    case .request(let process, .rotate): "\(name(process)) is asked to rotate"
    case .request(let process, .revokeActive(let slot)):
      "\(name(process)) revokes the active key (algorithm \(slot))"
    case .request(let process, .revokeStandby(let slot)):
      "\(name(process)) revokes the standby (algorithm \(slot))"
    case .request(let process, .confirm): "\(name(process)) confirms the public copy"
    case .stepAndCrash(let process): "\(name(process)) steps and dies after the commit"
    case .failedWrite(let process): "\(name(process)) steps, and the write fails"
    case .plan(let process): "\(name(process)) works out a step"
    case .commit(let process): "\(name(process)) writes the step it has worked out"
    case .crash(let process): "\(name(process)) dies"
    case .restart(let process): "\(name(process)) starts"
    case .cutOff(let process): "\(name(process)) loses its store"
    case .reconnect(let process): "\(name(process)) finds its store again"
    case .setClock(let process, let offset):
      "the clock of \(name(process)) jumps to \(offset < 0 ? "-" : "+")\(DurationFormat.text(abs(offset), units: .max)) off true time"
    case .setPolicy(let process, let policy): "\(name(process)) gets policy \(policy)"
    case .export: "the JWKS is exported"
    }
  }

  private func name(_ process: Int) -> String { "process \(process)" }
}

/// An invariant of the rotation promise that a history breaks.
package struct Violation: Error, Hashable, Sendable, CustomStringConvertible {
  package let invariant: Int
  package let description: String

  init(_ invariant: Int, _ description: String) {
    (self.invariant, self.description) = (invariant, "invariant \(invariant): \(description)")
  }
}
