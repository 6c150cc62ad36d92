import Synchronization
import SystemSupport

/// Contexts for callers that keep none of their own: each thread finds its own again, and no caller waits for another.
///
/// A thread first tries a slot of its own, so that threads don't write to each other's memory, and passes over slots that
/// are in use. If all are in use (a fork may leave them so for good), the caller gets a temporary context.
package final class ThreadLocalPool<Context: ~Copyable & Sendable>: Sendable {
  private final class Slot: Sendable {
    // No two locks in the 128 bytes that processors fetch together.
    private let padding = InlineArray<16, Int>(repeating: 0)
    let box = Mutex<Box?>(nil)
  }

  /// Holds a context in place: moving it costs more than a token's hash.
  private final class Box {
    var context: Context
    init(_ context: consuming Context) { self.context = context }
  }

  private let slots: [Slot]

  /// - Parameter count: a power of two.
  package init(count: Int = 64) { slots = (0..<count).map { _ in Slot() } }

  package func with<Result: Sendable, Failure: Error>(
    make: () throws(Failure) -> sending Context, _ use: (inout Context) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let first = ThreadNumber.current
    for step in 0..<slots.count {
      let slot = slots[(first &+ step) & (slots.count - 1)]
      let result: Result? = try slot.box.withLockIfAvailable { (kept) throws(Failure) -> Result in
        let box = if let kept { kept } else { Box(try make()) }
        kept = box
        return try use(&box.context)
      }
      if let result { return result }
    }
    var context = try make()
    return try use(&context)
  }
}
