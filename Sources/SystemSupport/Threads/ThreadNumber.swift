import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Numbers threads in the order in which they first ask. A number stays its thread's, and isn't given out again.
package enum ThreadNumber {
  package static var current: Int {
    let key = key
    if let known = unsafe pthread_getspecific(key) { return Int(bitPattern: known) }
    let number = next.add(1, ordering: .relaxed).newValue
    // Where no memory is left for it, the thread gets another number each time, which costs speed alone.
    _ = unsafe pthread_setspecific(key, UnsafeMutableRawPointer(bitPattern: number))
    return number
  }

  private static let next = Atomic<Int>(0)

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    _ = unsafe pthread_key_create(&key, nil)
    return key
  }()
}
