import Synchronization

/// A value that changes, and the stream of its changes.
public struct Observed<Value: Sendable>: Sendable {
  private let read: @Sendable () -> Value
  private let subscribe: @Sendable () -> AsyncStream<Value>

  package init(
    _ read: @escaping @Sendable () -> Value, _ subscribe: @escaping @Sendable () -> AsyncStream<Value>
  ) {
    (self.read, self.subscribe) = (read, subscribe)
  }

  public var value: Value { read() }

  /// The value of now, then every new one, until the session closes. Each call is a stream of its own.
  public var values: AsyncStream<Value> { subscribe() }
}

/// Holds a value and tells every subscriber of each new one. Nothing is dropped, for a session changes at people's pace,
/// unless only the latest is kept for slow subscribers.
package final class Broadcast<Value: Sendable>: Sendable {
  private struct State {
    var value: Value
    var isFinished = false
    var subscribers: [Int: AsyncStream<Value>.Continuation] = [:]
    var nextSubscriber = 0
  }

  private let state: Mutex<State>
  private let changes = Atomic<Int>(0)
  private let keepsLatest: Bool

  package init(_ value: Value, keepsLatest: Bool = false) {
    state = Mutex(State(value: value))
    self.keepsLatest = keepsLatest
  }

  package var observed: Observed<Value> {
    Observed {
      self.value
    } _: {
      self.subscribe()
    }
  }

  /// Nobody can publish any more, and a stream doesn't end by itself.
  deinit { finish() }

  package var value: Value { state.withLock { $0.value } }

  /// A part of the value, without a copy of the rest.
  func withValue<Part: Sendable>(_ part: (Value) -> Part) -> Part { state.withLock { part($0.value) } }

  /// Another number after every change, the end included: what was read after it holds while it is the same.
  var revision: Int { changes.load(ordering: .acquiring) }

  var isFinished: Bool { state.withLock { $0.isFinished } }

  /// Publishes what `change` makes of the value. Subscribers hear of it in order, hence inside the lock.
  package func update(_ change: (Value) -> Value) {
    state.withLock { state in
      guard !state.isFinished else { return }
      state.value = change(state.value)
      changes.add(1, ordering: .releasing)
      for subscriber in state.subscribers.values { subscriber.yield(state.value) }
    }
  }

  package func finish() {
    let subscribers = state.withLock { state in
      state.isFinished = true
      changes.add(1, ordering: .releasing)
      defer { state.subscribers = [:] }
      return state.subscribers.values.map { $0 }
    }
    for subscriber in subscribers { subscriber.finish() }
  }

  package func subscribe() -> AsyncStream<Value> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Value.self, bufferingPolicy: keepsLatest ? .bufferingNewest(1) : .unbounded)
    let number = state.withLock { state -> Int? in
      continuation.yield(state.value)
      guard !state.isFinished else { return nil }
      defer { state.nextSubscriber += 1 }
      state.subscribers[state.nextSubscriber] = continuation
      return state.nextSubscriber
    }
    guard let number else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in
      _ = self?.state.withLock { $0.subscribers.removeValue(forKey: number) }
    }
    return stream
  }
}

extension AsyncStream where Element: Sendable {
  /// The elements transformed, one that repeats its predecessor left out.
  func mapped<Result: Sendable & Equatable>(
    _ transform: @escaping @Sendable (Element) -> Result
  ) -> AsyncStream<Result> {
    let (stream, continuation) = AsyncStream<Result>.makeStream()
    let task = Task {
      var last: Result?
      for await element in self {
        let result = transform(element)
        if result != last { continuation.yield(result) }
        last = result
      }
      continuation.finish()
    }
    continuation.onTermination = { _ in task.cancel() }
    return stream
  }
}
