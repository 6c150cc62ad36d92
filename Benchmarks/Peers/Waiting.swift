#if Peers
  import Dispatch
  import Synchronization

  /// Runs asynchronous work from a thread of its own, such as the main thread here, and waits for it.
  enum Waiting {
    @discardableResult
    static func run<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws -> Value {
      let (done, box) = (DispatchSemaphore(value: 0), Box<Value>())
      Task {
        let result: Result<Value, any Error>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        box.result.withLock { $0 = result }
        done.signal()
      }
      done.wait()
      guard let result = box.result.withLock({ $0 }) else { throw CancellationError() }
      return try result.get()
    }

    private final class Box<Value: Sendable>: Sendable {
      let result = Mutex<Result<Value, any Error>?>(nil)
    }
  }
#endif
