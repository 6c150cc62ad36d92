import BenchmarkResults
import Foundation

extension EarlierResults {
  init(file path: String) throws {
    self = try parsed(path, remedy: "Give a file that --json has written.") { text throws(FormatError) in
      try EarlierResults(parsing: text)
    }
  }
}

extension Thresholds {
  /// The committed ones, where no file is given.
  init(file path: String?) throws {
    let committed = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "thresholds.json")
      .path
    let remedy = "Give a file of thresholds with --thresholds; Benchmarks/README.md shows one."
    self = try parsed(path ?? committed, remedy: remedy) { text throws(FormatError) in
      try Thresholds(parsing: text)
    }
  }
}

private func parsed<Value>(
  _ path: String, remedy: String, _ parse: (String) throws(FormatError) -> Value
) throws -> Value {
  let file = try opened(path, O_RDONLY, to: "read")
  let bytes = try telling("read", path) { try file.readToEnd() ?? Data() }
  do { return try parse(String(decoding: bytes, as: UTF8.self)) } catch {
    throw BenchmarkError("\(path): \(error). \(remedy)")
  }
}

private func opened(_ path: String, _ flags: Int32, to operation: String) throws -> FileHandle {
  let descriptor = unsafe open(path, flags | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { throw BenchmarkError.system("\(operation) \(path)", errno) }
  return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
}

/// Foundation's error has the system's below it.
private func telling<Value>(_ operation: String, _ path: String, _ work: () throws -> Value) throws -> Value {
  do { return try work() } catch {
    guard let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError else { throw error }
    throw BenchmarkError.system("\(operation) \(path)", Int32(cause.code))
  }
}

/// A file opened for writing before there is anything to write. What is in it stays until then.
struct ResultFile {
  private let path: String
  private let file: FileHandle

  init(_ path: String) throws {
    (self.path, file) = (path, try opened(path, O_WRONLY | O_CREAT, to: "write"))
  }

  func write(_ text: String) throws {
    // Refused by what is no regular file, such as a pipe, and not needed there.
    _ = ftruncate(file.fileDescriptor, 0)
    try telling("write", path) {
      try file.write(contentsOf: Data(text.utf8))
      try file.close()
    }
  }
}
