import JOSECore

@testable import KeyRotation
@testable import RotationModel

/// A history that breaks an invariant, and what a person needs to understand it.
struct FailedHistory: Sendable {
  let scenario: Scenario
  let events: [WorldEvent]
  let violation: Violation
  /// What a random search began with.
  var seed: UInt64?

  /// Tells the history: when what happened, and what the ring made of it.
  func text(_ pool: KeyPool, _ rules: any RingRules = CurrentRules()) -> String {
    var lines = ["\(violation)", "in scenario \(scenario.name)" + (seed.map { ", seed \($0)" } ?? "") + ":"]
    guard var world = try? World(scenario, pool, rules) else { return lines.joined(separator: "\n") }
    lines.append("  \(world.time)  epoch \(world.durable.ring.epoch): \(world.states)")
    for event in events {
      let (time, before) = (world.time, world.durable)
      lines.append("  \(time)  \(event)")
      do { try world.apply(event) } catch { break }
      guard world.durable !== before else { continue }
      lines.append("  \(world.time)    epoch \(world.durable.ring.epoch): \(world.states)")
    }
    return lines.joined(separator: "\n")
  }

  /// Leaves out whatever the same invariant is broken without.
  func shrunk(_ pool: KeyPool, _ rules: any RingRules = CurrentRules()) -> FailedHistory {
    var best = self
    var size = max(1, events.count / 2)
    while true {
      var isShorter = false
      var start = 0
      while start < best.events.count {
        var fewer = best.events
        fewer.removeSubrange(start..<min(start + size, fewer.count))
        if let failure = Self.replay(fewer, scenario, rules, pool),
          failure.violation.invariant == violation.invariant
        {
          best = failure
          isShorter = true
        } else {
          start += size
        }
      }
      if size == 1, !isShorter { break }
      if !isShorter || size > 1 { size = max(1, size / 2) }
    }
    best.seed = seed
    return best
  }

  /// The history up to where it breaks an invariant, if it does.
  static func replay(
    _ events: [WorldEvent], _ scenario: Scenario, _ rules: any RingRules, _ pool: KeyPool
  ) -> FailedHistory? {
    guard var world = try? World(scenario, pool, rules) else { return nil }
    for (count, event) in events.enumerated() {
      do { try world.apply(event) } catch {
        return FailedHistory(scenario: scenario, events: Array(events[...count]), violation: error)
      }
    }
    return nil
  }
}

extension World {
  fileprivate var states: String {
    zip(durable.indices, durable.ring.keys).map { index, key in
      "K\(index) \(key.state)" + (durable.ring.policy.algorithms.count > 1 ? " \(key.algorithm)" : "")
    }.joined(separator: ", ")
  }
}
