import ArgumentParser
import JOSECore
import SystemSupport

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show the header, claims and times of a token, without verifying it.",
    discussion: """
      Characters that a terminal doesn't show as themselves are escaped, such as \\u200b.

      EXAMPLES
        idtoken inspect - < token
        idtoken inspect --json - < token
      """)

  @OptionGroup var time: TimeOptions
  @Flag(name: .customLong("json"), help: "Print JSON.") var isJSON = false
  @OptionGroup var token: TokenArgument

  func run() throws {
    let jws = try CompactJWS(parsing: try token.read())
    let claims = try jws.claims()
    guard !isJSON else {
      return try Output.json([
        "verified": false, "header": .object(jws.headerObject), "claims": .object(claims),
      ])
    }
    try Output.heading("Header")
    try Output.json(.object(jws.headerObject))
    try Output.heading("Claims")
    try Output.json(.object(claims))
    try printTimes(claims)
    try Output.line("NOT VERIFIED: anyone can have written this. Check it with 'idtoken verify'.", .bad)
  }

  private func printTimes(_ claims: JSONObject) throws(FileError) {
    let now = time.now
    let rows = ["iat", "nbf", "exp"].compactMap { name in
      claims[name].flatMap { NumericDate(claim: $0) }.map { [name, "\($0)", Self.relation($0, now)] }
    }
    guard !rows.isEmpty else { return }
    try Output.heading("Times")
    try Output.table(rows)
  }

  private static func relation(_ date: NumericDate, _ now: NumericDate) -> String {
    let seconds = date.seconds(since: now)
    let distance = DurationFormat.text(Int64(clamping: seconds.magnitude))
    return seconds > 0 ? "in \(distance)" : seconds == 0 ? "now" : "\(distance) ago"
  }
}
