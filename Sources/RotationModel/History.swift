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
    let place = stretch.epoch * slots + slot
    let (key, clock) = (active[place], time + stretch.offset)
    guard key >= 0, reserved[place] > clock else { return nil }
    return Token(key: key, signedAt: time, expiry: min(clock + lifetime, reserved[place]))
  }

  /// For each key the token with the latest `exp` that anybody could sign.
  func latestTokens() -> [Token?] {
    var latest: [Token?] = Array(repeating: nil, count: keys.count)
    for stretches in processes {
      for (place, stretch) in stretches.enumerated() {
        let next = place + 1 < stretches.count ? stretches[place + 1].from : end
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
      for (place, stretch) in stretches.enumerated() {
        let next = place + 1 < stretches.count ? stretches[place + 1].from : end
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
