import Synchronization
import SystemSupport

/// ThreadLocalPool for callers that keep none of their own. No caller waits for another one.
///
/// Each thread first looks at a place of its own, so that threads don't write to each other's memory; a place that is
/// in use is passed over. Beyond the last one, and for good where a fork has left places in use, callers make a bench
/// for this one time.
package final class ThreadLocalPool<Bench: ~Copyable & Sendable>: Sendable {
  private final class Place: Sendable {
    // No two locks in the 128 bytes that processors fetch together.
    private let distance = InlineArray<16, Int>(repeating: 0)
    let seat = Mutex<Slot?>(nil)
  }

  /// Where a bench stands: it is worked on without being moved, which costs more than a token's hash.
  private final class Slot {
    var bench: Bench
    init(_ bench: consuming Bench) { self.bench = bench }
  }

  private let places: [Place]

  /// - Parameter count: a power of two.
  package init(count: Int = 64) { places = (0..<count).map { _ in Place() } }

  package func with<Result: Sendable, Failure: Error>(
    make: () throws(Failure) -> sending Bench, _ work: (inout Bench) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let first = ThreadNumber.current
    for step in 0..<places.count {
      let place = places[(first &+ step) & (places.count - 1)]
      let result: Result? = try place.seat.withLockIfAvailable { (resting) throws(Failure) -> Result in
        let seat = if let resting { resting } else { Slot(try make()) }
        resting = seat
        return try work(&seat.bench)
      }
      if let result { return result }
    }
    var bench = try make()
    return try work(&bench)
  }
}
