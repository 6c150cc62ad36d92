import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Counts the forks that lie between this process and the first one.
///
/// State that two processes must not share (buffered random bytes) remembers the generation it was made in and is
/// thrown away when that has passed. Reading it costs one load; asking for the process ID would cost a system call.
package enum ForkGeneration {
  package static var current: Int {
    _ = watch
    return counter.load(ordering: .relaxed)
  }

  private static let counter = Atomic<Int>(0)

  private static let watch: Void = {
    _ = pthread_atfork(nil, nil) { ForkGeneration.counter.add(1, ordering: .relaxed) }
  }()
}
