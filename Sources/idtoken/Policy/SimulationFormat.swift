import JOSECore
import KeyRotation
import RotationModel
import SystemSupport

/// How `simulate` prints the report of a run.
struct SimulationFormat {
  let report: SimulationReport
  let years: Int
  let isJSON: Bool

  func print() throws(FileError) {
    guard !isJSON else { return try Output.json(.object(json)) }
    try Output.heading("\(years) a, \(report.verifiers) verifiers, seed \(report.seed)")
    try Output.table(figures)
    try Output.line()
    try Output.table(classes)
    for name in report.uncovered {
      try Output.line("not covered by the promise, because verifier_bound is shorter: \(name)", .faint)
    }
    for refusal in report.refusals { try Output.line(text(refusal), .bad) }
    for violation in report.violations.prefix(20) { try Output.line(violation, .bad) }
    if report.holds { try Output.line("no verifier refused a token", .good) }
  }

  private var figures: [[String]] {
    let propagation = DurationFormat.text(report.policy.propagation)
    var rows = [
      ["verifications", "\(report.verifications)"], ["refused", "\(report.refused)"],
      ["fetches without an answer", "\(report.unanswered)"],
      ["rotations", "\(report.rotations)"], ["keys made", "\(report.keysMade)"],
      ["most keys in the JWKS at once", "\(report.mostKeys)"],
      ["shortest wait before a key signed", "\(time(report.shortestWait)) (P is \(propagation))"],
      ["mean wait before a key signed", time(report.meanWait)],
      ["longest time that a key signed", time(report.longestSigning)],
      ["oldest JWKS that verified a token", time(report.oldestJWKS)],
      ["least time from the last JWKS without a key to its first token", time(report.margin)],
      ["least time from the last token of a key to its removal", time(report.shortestRetention)],
      ["downtimes of the rotator", "\(report.downtimes), the longest \(time(report.longestDowntime))"],
    ]
    if report.keysBeyondPromise > 0 {
      rows.append(["keys beyond the promise", "\(report.keysBeyondPromise)"])
    }
    return rows
  }

  private var classes: [[String]] {
    [["VERIFIERS", "LONGEST WITHOUT A NEW KEY", "MARGIN TO ITS FIRST TOKEN"]]
      + report.classes.map {
        [$0.name, $0.slowest.map(DurationFormat.text) ?? "they refetch", time($0.margin)]
      }
  }

  private func time(_ seconds: Int64?) -> String { seconds.map(DurationFormat.text) ?? "–" }

  private func text(_ refusal: SimulationReport.Refusal) -> String {
    "refused at \(DurationFormat.text(refusal.time)) (\(refusal.time) s): key \(refusal.key), signed at \(refusal.signedAt) s, by "
      + "verifier \(refusal.verifier) (\(refusal.kind)), whose JWKS was served at \(refusal.cachedSince) s; seed \(report.seed)"
  }
}

extension SimulationFormat {
  private var json: JSONObject {
    var object: JSONObject = [
      "seed": .string("\(report.seed)"), "years": .integer(Int64(years)),
      "verifiers": .integer(Int64(report.verifiers)),
      "policy": .object(report.policy.json), "propagation": .integer(report.policy.propagation),
      "holds": .bool(report.holds), "verifications": .integer(Int64(report.verifications)),
      "refused": .integer(Int64(report.refused)), "unanswered": .integer(Int64(report.unanswered)),
      "rotations": .integer(Int64(report.rotations)), "keysMade": .integer(Int64(report.keysMade)),
      "mostKeys": .integer(Int64(report.mostKeys)),
      "keysBeyondPromise": .integer(Int64(report.keysBeyondPromise)),
      "oldestJWKS": .integer(report.oldestJWKS), "downtimes": .integer(Int64(report.downtimes)),
      "longestDowntime": .integer(report.longestDowntime),
    ]
    let times = [
      ("shortestWait", report.shortestWait), ("meanWait", report.meanWait),
      ("longestSigning", report.longestSigning),
      ("margin", report.margin), ("shortestRetention", report.shortestRetention),
    ]
    for (name, seconds) in times { object[name] = seconds.map { .integer($0) } ?? .null }
    object["classes"] = .array(
      report.classes.map { kind in
        [
          "name": .string(kind.name), "slowest": kind.slowest.map { .integer($0) } ?? .null,
          "margin": kind.margin.map { .integer($0) } ?? .null,
        ]
      })
    object["uncovered"] = .array(report.uncovered.map { .string($0) })
    object["violations"] = .array(report.violations.map { .string($0) })
    object["refusals"] = .array(report.refusals.map { .object(json($0)) })
    return object
  }

  private func json(_ refusal: SimulationReport.Refusal) -> JSONObject {
    [
      "time": .integer(refusal.time), "key": .integer(Int64(refusal.key)),
      "verifier": .integer(Int64(refusal.verifier)),
      "class": .string(refusal.kind), "signedAt": .integer(refusal.signedAt),
      "jwksServedAt": .integer(refusal.cachedSince),
    ]
  }
}
