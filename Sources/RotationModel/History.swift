import JOSECore
import KeyRotation

/// What really happened to a ring in a simulation: who held which of its epochs when, and what became of each key.
///
/// Verifiers are simulated over it afterwards, one by one: what one of them holds at a time follows from its own schedule
/// and from what was served then. All times are true times.
struct History: Sendable {
  /// A process from one event to the next.
  struct Stretch: Sendable, Hashable {
    let from: Int64
    /// Of the ring in its memory, counted from 0.
    let epoch: Int
    let offset: Int64
    /// The last second in which it serves and signs, unless the next stretch begins before.
    let until: Int64
  }

  struct Key: Sendable {
    let slot: Int
    let isOriginal: Bool
    let firstEpoch: Int
    var lastEpoch = Int.max
    let publishedAt: Int64
    var servedAt: Int64?
    var activatedAt: Int64?
    var retiredAt: Int64?
    var removedAt: Int64?
    /// See `ClockPromise`; nothing of it is counted.
    var isBeyondPromise = false

    func isIn(_ epoch: Int) -> Bool { firstEpoch <= epoch && epoch <= lastEpoch }
  }

  struct Token: Sendable {
    let key: Int
    let signedAt: Int64
    let expiry: Int64
  }

  let start: Int64
  let end: Int64
  let lifetime: Int64
  /// Algorithms of the policy.
  let slots: Int
  var keys: [Key] = []
  /// For each epoch and slot the key that signs, or -1, and up to where its tokens are reserved.
  var active: [Int] = []
  var reserved: [Int64] = []
  /// Of each process, in order of time.
  var processes: [[Stretch]]
  /// Of the static host, where there is one.
  var copies: [Stretch] = []
  var downtimes: [Range<Int64>] = []
  var mostKeys = 0

  init(start: Int64, end: Int64, lifetime: Int64, slots: Int, processes: Int) {
    (self.start, self.end, self.lifetime, self.slots) = (start, end, lifetime, slots)
    self.processes = Array(repeating: [], count: processes)
  }
}

extension History {
  /// The processes that serve the JWKS.
  var servers: [[Stretch]] { copies.isEmpty ? processes : [copies] }

  /// The token that a process signs, if it can: with the longest lifetime that the key's reservation lets pass.
  func token(at time: Int64, by process: Int, slot: Int) -> Token? {
    guard let stretch = processes[process].stretch(at: time) else { return nil }
    return token(at: time, stretch, slot: slot)
  }

  func token(at time: Int64, _ stretch: Stretch, slot: Int) -> Token? {
    let index = stretch.epoch * slots + slot
    let (key, clock) = (active[index], time + stretch.offset)
    guard key >= 0, reserved[index] > clock else { return nil }
    return Token(key: key, signedAt: time, expiry: min(clock + lifetime, reserved[index]))
  }

  /// For each key the token with the latest `exp` that anybody could sign.
  func latestTokens() -> [Token?] {
    var latest: [Token?] = Array(repeating: nil, count: keys.count)
    for stretches in processes {
      for (index, stretch) in stretches.enumerated() {
        let next = index + 1 < stretches.count ? stretches[index + 1].from : end
        let time = min(stretch.until, next - 1)
        guard time >= stretch.from else { continue }
        for slot in 0..<slots {
          guard
            let token = token(at: time, stretch, slot: slot) ?? token(at: stretch.from, stretch, slot: slot)
          else {
            continue
          }
          if token.expiry > latest[token.key]?.expiry ?? .min { latest[token.key] = token }
        }
      }
    }
    return latest
  }

  /// For each key the last second in which a JWKS from before it was handed out.
  func lastServedWithout() -> [Int64] {
    var last = Array(repeating: start, count: keys.count)
    for stretches in servers {
      for (index, stretch) in stretches.enumerated() {
        let next = index + 1 < stretches.count ? stretches[index + 1].from : end
        let time = min(stretch.until, next - 1)
        guard time >= stretch.from, let key = firstKey(after: stretch.epoch) else { continue }
        // It lacks the keys after this one too; the line below passes it on.
        last[key] = max(last[key], time)
      }
    }
    for key in keys.indices.dropFirst() { last[key] = max(last[key], last[key - 1]) }
    return last
  }

  /// Keys are in order of publication.
  private func firstKey(after epoch: Int) -> Int? {
    var (low, high) = (0, keys.count)
    while low < high {
      let middle = (low + high) / 2
      if keys[middle].firstEpoch > epoch { high = middle } else { low = middle + 1 }
    }
    return low < keys.count ? low : nil
  }
}

extension [History.Stretch] {
  /// The one that a time lies in, if the process is up and may serve and sign then.
  func stretch(at time: Int64) -> History.Stretch? {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle].from > time { high = middle } else { low = middle + 1 }
    }
    guard low > 0 else { return nil }
    let stretch = self[low - 1]
    return time <= stretch.until ? stretch : nil
  }

  /// Adds a stretch unless nothing has changed; of two that begin together the later one stays.
  mutating func note(_ stretch: History.Stretch) {
    if let last, last.epoch == stretch.epoch, last.offset == stretch.offset, last.until == stretch.until {
      return
    }
    if last?.from == stretch.from { removeLast() }
    append(stretch)
  }
}

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
    for index in world.processes.indices { note(world.processes[index], index, world, &history) }
    guard let current = world.copy else { return isNew }
    // An export takes what is durable then.
    if current !== copy { (copy, copied) = (current, epoch) }
    history.copies.note(.init(from: world.now, epoch: copied, offset: 0, until: .max))
    return isNew
  }

  private mutating func note(_ ring: CommittedRing, _ world: World, _ history: inout History) {
    for (index, number) in numbers where !ring.all.contains(index) {
      (history.keys[number].lastEpoch, history.keys[number].removedAt) = (epoch - 1, world.now)
      numbers[index] = nil
    }
    let algorithms = world.scenario.policies[0].algorithms
    var row = Array(repeating: (key: -1, reserved: Int64.min), count: algorithms.count)
    for (index, key) in zip(ring.indices, ring.ring.keys) {
      let slot = algorithms.firstIndex(of: key.algorithm) ?? 0
      let number = numbers[index] ?? history.keys.count
      if numbers[index] == nil {
        numbers[index] = number
        history.keys.append(
          .init(slot: slot, isOriginal: key.isOriginal, firstEpoch: epoch, publishedAt: world.now))
      }
      history.keys[number].note(key, at: world.now)
      if world.facts(index)?.isBeyondPromise ?? false { history.keys[number].isBeyondPromise = true }
      if key.state == .active { row[slot] = (number, key.signsUntil?.secondsSinceEpoch ?? .min) }
    }
    history.active += row.map(\.key)
    history.reserved += row.map(\.reserved)
    history.mostKeys = max(history.mostKeys, ring.published.count)
  }

  private mutating func note(_ process: Process, _ index: Int, _ world: World, _ history: inout History) {
    if process.memory === latest { held[index] = epoch }
    history.processes[index].note(
      .init(from: world.now, epoch: held[index], offset: process.offset, until: lastSecond(process)))
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
