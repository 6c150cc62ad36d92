/// What a picture of a simulation shows. Times in seconds since its start.
package struct Timeline: Sendable, Hashable {
  package struct Key: Sendable, Hashable {
    /// Of which of the policy's algorithms.
    package let slot: Int
    package let publishedAt: Int64
    package let activatedAt: Int64?
    package let retiredAt: Int64?
    package let removedAt: Int64?
    /// Until when somebody may hold a JWKS without it.
    package internal(set) var unknownUntil: Int64?
  }

  package let duration: Int64
  package internal(set) var keys: [Key]
  package let downtimes: [Range<Int64>]

  init(_ history: History) {
    func since(_ time: Int64) -> Int64 { time - history.start }
    duration = since(history.end)
    keys = history.keys.map { key in
      Key(
        slot: key.slot, publishedAt: since(key.publishedAt), activatedAt: key.activatedAt.map(since),
        retiredAt: key.retiredAt.map(since), removedAt: key.removedAt.map(since))
    }
    downtimes = history.downtimes.map { since($0.lowerBound)..<since($0.upperBound) }
  }
}
