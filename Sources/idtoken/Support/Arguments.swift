public import ArgumentParser
import Foundation
public import JOSECore
import SystemSupport

/// The time that a command uses.
struct TimeOptions: ParsableArguments {
  @Option(
    name: .customLong("at"),
    help: "Time to use: RFC 3339 (2026-11-24T12:00:00Z) or seconds since 1970 (default: now).")
  var date: NumericDate?

  var clock: WallClock { date.map { .fixed($0) } ?? .system }
  var now: NumericDate { clock.now }
}

/// A token on the command line, or on standard input.
struct TokenArgument: ParsableArguments {
  @Argument(help: "The token; - or nothing reads it from standard input.")
  var token = "-"

  /// The token without the white space around it. White space within stays: a verifier has to refuse it.
  func read() throws -> String {
    let text = token == "-" ? try Self.standardInput() : token
    guard let first = text.firstIndex(where: { !$0.isWhitespace }),
      let last = text.lastIndex(where: { !$0.isWhitespace })
    else { throw ValidationError("There is no token. Pass it as an argument or on standard input.") }
    return String(text[first...last])
  }

  private static func standardInput() throws(FileError) -> String {
    String(decoding: try POSIXFileSystem().standardInput(limit: 1 << 20), as: UTF8.self)
  }
}

/// `NAME=JSON` of `--claim`.
struct ClaimArgument {
  let name: String
  let value: JSONValue

  init(_ argument: String) throws {
    guard let equals = argument.firstIndex(of: "=") else {
      throw ValidationError("It has no \"=\". Write NAME=JSON, such as locationId=7 or 'till=\"north\"'.")
    }
    let (name, text) = (String(argument[..<equals]), String(argument[argument.index(after: equals)...]))
    guard !name.isEmpty else {
      throw ValidationError("There is no claim name before the \"=\". Write NAME=JSON, such as locationId=7.")
    }
    do { value = try JSONValue(parsing: text) } catch {
      throw ValidationError(
        "What follows \"\(name)=\" is not JSON (\(error)). A string needs double quotes: '\(name)=\"…\"'.")
    }
    self.name = name
  }
}

extension Algorithm: ExpressibleByArgument {
  /// What `--help` offers: HS algorithms sign with a client secret, not with a ring.
  public static var allValueStrings: [String] { allCases.filter { !$0.isSymmetric }.map(\.rawValue) }
}

extension NumericDate: ExpressibleByArgument {
  /// RFC 3339, or seconds since 1970.
  public init?(argument: String) {
    if let seconds = Int64(argument) {
      self.init(seconds)
    } else {
      guard let date = try? Date(argument, strategy: .iso8601) else { return nil }
      self.init(Int64(date.timeIntervalSince1970))
    }
  }
}

extension Array where Element: Hashable {
  /// The first element that stands earlier in the array already.
  var firstRepeated: Element? {
    var seen: Set<Element> = []
    return first { !seen.insert($0).inserted }
  }
}
