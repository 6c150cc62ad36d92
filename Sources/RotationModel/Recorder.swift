import JOSECore
import KeyRotation

/// Writes down what the modelled world does, as far as verifiers and operators will ask for it.
struct Recorder {
  private var latest: CommittedRing?
  private var epoch = -1
  /// The number of each key in the history, by its place in the pool; places are used again.
  private var numbers: [Int: Int] = [:]
  private var held = Array(repeating: 0, count: Operation.processes)
  private var copy: CommittedRing?
  private var copied = 0

  /// - Returns: whether the ring has changed.
  mutating func record(_ world: World, _ history: inout History) -> Bool {
    let isNew = world.durable !== latest
    if isNew {
      epoch += 1
      note(world.durable, world, &history)
      latest = world.durable
    }
    for place in world.processes.indices { note(world.processes[place], place, world, &history) }
    guard let current = world.copy else { return isNew }
    // An export takes what is durable then.
    if current !== copy { (copy, copied) = (current, epoch) }
    history.copies.note(.init(from: world.now, epoch: copied, offset: 0, until: .max))
    return isNew
  }

  private mutating func note(_ ring: CommittedRing, _ world: World, _ history: inout History) {
    for (place, number) in numbers where !ring.all.contains(place) {
      (history.keys[number].lastEpoch, history.keys[number].removedAt) = (epoch - 1, world.now)
      numbers[place] = nil
    }
    let algorithms = world.scenario.policies[0].algorithms
    var row = Array(repeating: (key: -1, reserved: Int64.min), count: algorithms.count)
    for (place, key) in zip(ring.places, ring.ring.keys) {
      let slot = algorithms.firstIndex(of: key.algorithm) ?? 0
      let number = numbers[place] ?? history.keys.count
      if numbers[place] == nil {
        numbers[place] = number
        history.keys.append(
          .init(slot: slot, isOriginal: key.isOriginal, firstEpoch: epoch, publishedAt: world.now))
      }
      history.keys[number].note(key, at: world.now)
      if world.facts(place)?.isBeyondPromise ?? false { history.keys[number].isBeyondPromise = true }
      if key.state == .active { row[slot] = (number, key.signsUntil?.secondsSinceEpoch ?? .min) }
    }
    history.active += row.map(\.key)
    history.reserved += row.map(\.reserved)
    history.mostKeys = max(history.mostKeys, ring.published.count)
  }

  private mutating func note(_ process: Process, _ place: Int, _ world: World, _ history: inout History) {
    if process.memory === latest { held[place] = epoch }
    history.processes[place].note(
      .init(from: world.now, epoch: held[place], offset: process.offset, until: lastSecond(process)))
  }

  /// In which a process serves and signs, if nothing happens.
  private func lastSecond(_ process: Process) -> Int64 {
    guard let memory = process.memory else { return .min }
    if process.isConnected { return .max }
    let freshness = process.freshness(memory)
    if freshness.latest == Freshness.wentBack { return .min }
    return freshness.end.secondsSinceEpoch - process.offset
  }
}

extension History.Key {
  /// When it was first seen in a state.
  fileprivate mutating func note(_ key: RingKey, at now: Int64) {
    if key.servedAt != nil, servedAt == nil { servedAt = now }
    if key.state == .active, activatedAt == nil { activatedAt = now }
    if key.state == .retired, retiredAt == nil { retiredAt = now }
  }
}
