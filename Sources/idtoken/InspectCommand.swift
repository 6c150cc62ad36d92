import ArgumentParser
import JOSECore
import SystemSupport

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show what is in a token. Nothing is verified.",
    discussion: """
      EXAMPLES
        idtoken inspect TOKEN
        idtoken mint … | idtoken inspect --json -
      """)

  @OptionGroup var time: TimeOptions
  @Flag(name: .customLong("json"), help: "Print JSON.") var isJSON = false
  @OptionGroup var token: TokenArgument

  func run() throws {
    let inspection = try Inspection(try token.read())
    if isJSON {
      try Output.json([
        "verified": false, "header": .object(inspection.header), "claims": .object(inspection.claims),
      ])
    } else {
      try inspection.print(at: time.now)
    }
  }
}

/// A token taken apart for a person to read.
struct Inspection {
  let header: JSONObject
  let claims: JSONObject

  init(_ token: String) throws(InspectionError) {
    do {
      let jws = try CompactJWS(parsing: token)
      (header, claims) = (jws.headerObject, try jws.claims())
    } catch { throw InspectionError(cause: error) }
  }

  func print(at now: NumericDate) throws(FileError) {
    try Output.heading("Header")
    try Output.json(.object(header))
    try Output.heading("Claims")
    try Output.json(.object(claims))
    try printTimes(now)
    try Output.line(Output.bad("NOT VERIFIED: anyone can have written this; 'idtoken verify' checks it."))
  }

  func printTimes(_ now: NumericDate) throws(FileError) {
    let rows = ["iat", "nbf", "exp"].compactMap { name in
      claims[name]?.integer.map { seconds in
        let date = NumericDate(seconds)
        return [name, "\(date)", Self.relation(date, now)]
      }
    }
    guard !rows.isEmpty else { return }
    try Output.heading("Times")
    try Output.table(rows)
  }

  private static func relation(_ date: NumericDate, _ now: NumericDate) -> String {
    let seconds = date.seconds(since: now)
    if seconds == 0 { return "now" }
    return seconds > 0 ? "in \(DurationFormat.text(seconds))" : "\(DurationFormat.text(-seconds)) ago"
  }
}

struct InspectionError: Error, CustomStringConvertible {
  let cause: JWSError
  var description: String { "\(cause)" }
}
