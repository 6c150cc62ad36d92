import Foundation

/// Feeds libFuzzer's inputs to one parser: `Fuzz PARSER [libFuzzer's arguments]`; `Fuzz PARSER --seeds DIRECTORY` writes
/// inputs to begin with. `Tests/Fuzz/run` builds it and runs every parser.
///
/// SwiftPM starts an executable at this name.
@_cdecl("Fuzz_main")
func main(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int32 {
  let words = CommandLine.arguments
  guard words.count > 1, let target = Target(rawValue: words[1]) else {
    print("usage: Fuzz \(Target.allCases.map(\.rawValue).joined(separator: "|")) [arguments of libFuzzer]")
    return 2
  }
  if words.count == 4, words[2] == "--seeds" {
    do { try target.writeSeeds(to: words[3]) } catch {
      print("the seeds can't be made: \(error)")
      return 1
    }
    return 0
  }
  chosen = target
  var (remaining, rest) = (count, arguments)
  // libFuzzer takes the parser's name for a directory of inputs, so it must not see it.
  rest?[1] = rest?[0]
  rest = rest.map { $0 + 1 }
  remaining -= 1
  return runDriver(&remaining, &rest) { bytes, length in
    chosen.run(Array(UnsafeBufferPointer(start: bytes, count: length)))
    return 0
  }
}

/// Set before the first input, and never after.
nonisolated(unsafe) private var chosen = Target.json

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// The parsers of what comes from outside.
enum Target: String, CaseIterable {
  case json, base64url, jws, jwks, pem, manifest, audit, shop, claims

  /// An input that is refused is fine. A trap, a finding of AddressSanitizer or a broken round trip ends the process.
  func run(_ input: [UInt8]) {
    do { try check(input) } catch let broken as BrokenRoundTrip { fatalError(broken.rule) } catch {}
  }

  func writeSeeds(to directory: String) throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    for (number, seed) in try seeds().enumerated() {
      try Data(seed).write(to: URL(fileURLWithPath: "\(directory)/\(rawValue)-\(number)"))
    }
  }
}

struct BrokenRoundTrip: Error {
  let rule: String
}

func require(_ condition: Bool, _ rule: String) throws(BrokenRoundTrip) {
  guard condition else { throw BrokenRoundTrip(rule: rule) }
}

/// Of what was read before, so that a failure is not a refusal.
func reread<Value>(_ rule: String, _ read: () throws -> Value) throws(BrokenRoundTrip) -> Value {
  do { return try read() } catch { throw BrokenRoundTrip(rule: "\(rule): \(error)") }
}
