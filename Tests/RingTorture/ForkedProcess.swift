import SystemSupport

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

struct SystemCallError: Error {
  let name: String
  let code: Int32
}

/// A copy of this process, whose standard output is read here.
///
/// Forked rather than started anew, so that a child is in the midst of its commits within a millisecond. That holds only
/// while this process has one thread: it must not have run anything asynchronous before.
struct ForkedProcess: ~Copyable {
  private let process: pid_t
  private let output: Int32

  init(_ body: () -> Never) throws {
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { throw SystemCallError(name: "pipe", code: errno) }
    let (reading, writing) = (ends[0], ends[1])
    process = try forkProcess()
    if process == 0 {
      close(reading)
      dup2(writing, 1)
      body()
    }
    close(writing)
    output = reading
  }

  /// Waits for the first output, then for so many microseconds, and kills without warning. Returns all output.
  consuming func kill(after delay: UInt32) -> [UInt8] {
    var text = chunk()
    usleep(delay)
    _ = sendSignal(process, SIGKILL)
    while true {
      let more = chunk()
      if more.isEmpty { break }
      text += more
    }
    var status: Int32 = 0
    _ = unsafe waitpid(process, &status, 0)
    close(output)
    return text
  }

  private func chunk() -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe read(output, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      return Array(buffer.prefix(max(0, count)))
    }
  }
}

/// `kill` under another name, for the method would hide it.
private func sendSignal(_ process: pid_t, _ signal: Int32) -> Int32 { kill(process, signal) }

/// Swift hides `fork`, which is not safe with several threads; here there is one.
private func forkProcess() throws -> pid_t {
  typealias Fork = @convention(c) () -> pid_t
  guard let symbol = unsafe dlsym(nil, "fork") else { throw SystemCallError(name: "dlsym", code: ENOSYS) }
  let process = unsafe unsafeBitCast(symbol, to: Fork.self)()
  guard process >= 0 else { throw SystemCallError(name: "fork", code: errno) }
  return process
}

/// Runs asynchronous work to its end, and the process's with it.
func finish(_ work: @escaping @Sendable () async throws -> Void) -> Never {
  Task.detached {
    do { try await work() } catch {
      try? StandardStream.error.write("\(error)\n")
      _exit(1)
    }
    _exit(0)
  }
  while true { pause() }
}
