import BenchmarkResults
import Foundation

extension EarlierResults {
  init(file path: String) throws {
    self = try reading(path, remedy: "Give a file that --json has written.") { text throws(FormatError) in
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
    self = try reading(path ?? committed, remedy: remedy) { text throws(FormatError) in
      try Thresholds(parsing: text)
    }
  }
}

private func reading<Value>(
  _ path: String, remedy: String, _ parse: (String) throws(FormatError) -> Value
) throws -> Value {
  let text = try contents(of: path)
  do { return try parse(text) } catch {
    throw BenchmarkError.malformed(path, problem: error.description, remedy: remedy)
  }
}

private func contents(of path: String) throws -> String {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw BenchmarkError.system("read \(path)", code: errno) }
  defer { close(descriptor) }
  var (bytes, block) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
  while true {
    let count = unsafe block.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else { throw BenchmarkError.system("read \(path)", code: errno) }
    guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
    bytes += block.prefix(count)
  }
}
