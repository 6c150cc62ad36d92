import Foundation

/// A file opened for writing before there is anything to write. What is in it stays until then.
struct ResultFile {
  private let path: String
  private let descriptor: Int32

  init(_ path: String) throws {
    self.path = path
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure }
  }

  func write(_ text: String) throws {
    // Refused by what is no regular file, such as a pipe, and not needed there.
    _ = ftruncate(descriptor, 0)
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = unsafe rest.withUnsafeBytes {
        unsafe Foundation.write(descriptor, $0.baseAddress, $0.count)
      }
      if written < 0, errno == EINTR { continue }
      guard written >= 0 else { throw failure }
      rest = rest.dropFirst(written)
    }
    guard close(descriptor) == 0 else { throw failure }
  }

  private var failure: BenchmarkError { .system("write \(path)", code: errno) }
}
