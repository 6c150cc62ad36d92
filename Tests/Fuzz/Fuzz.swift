import Foundation

/// Feeds libFuzzer's inputs to one parser: `Fuzz PARSER [libFuzzer's arguments]`. `Fuzz PARSER --seeds DIRECTORY` writes
/// inputs to begin with. `Tests/Fuzz/run` builds it and runs every parser.
///
/// SwiftPM names an executable's main function so.
@_cdecl("Fuzz_main")
func main(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
  let words = CommandLine.arguments
  guard words.count > 1, let parser = Parser(rawValue: words[1]) else {
    print("usage: Fuzz \(Parser.allCases.map(\.rawValue).joined(separator: "|")) [arguments of libFuzzer]")
    return 2
  }
  if words.count == 4, words[2] == "--seeds" {
    try! parser.writeSeeds(to: words[3])
    return 0
  }
  chosen = parser
  // libFuzzer would take the parser's name for a file.
  arguments[1] = arguments[0]
  var (remaining, rest): (Int32, _) = (count - 1, Optional(arguments + 1))
  return runDriver(&remaining, &rest) { bytes, length in
    chosen.run(Array(UnsafeBufferPointer(start: bytes, count: length)))
    return 0
  }
}

/// Set before the first input, and never after.
nonisolated(unsafe) private var chosen = Parser.json

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// The parsers of what comes from outside.
enum Parser: String, CaseIterable {
  case json, base64url, jws, jwks, pem, manifest, audit, shop, claims, http, body

  /// A refusal is fine, if it can be told. A trap, a finding of AddressSanitizer or a broken rule ends the process.
  func run(_ input: [UInt8]) {
    do { try check(input) } catch { require(!"\(error)".isEmpty, "a refusal says why") }
  }

  func writeSeeds(to directory: String) throws {
    for (number, seed) in try seeds().enumerated() {
      try Data(seed).write(to: URL(fileURLWithPath: "\(directory)/\(rawValue)-\(number)"))
    }
  }
}

func require(_ condition: Bool, _ rule: String, file: StaticString = #file, line: UInt = #line) {
  if !condition { fatalError("broken: \(rule)", file: file, line: line) }
}

/// What is read of what was written, which must be accepted, and be written the same.
@discardableResult
func again<Value, Text: Equatable>(
  _ value: Value, _ write: (Value) throws -> Text, _ read: (Text) throws -> Value,
  file: StaticString = #file, line: UInt = #line
) -> Value {
  do {
    let text = try write(value)
    let again = try read(text)
    require(try write(again) == text, "\(text) is written in one way", file: file, line: line)
    return again
  } catch { fatalError("broken: what was accepted and written is refused: \(error)", file: file, line: line) }
}
