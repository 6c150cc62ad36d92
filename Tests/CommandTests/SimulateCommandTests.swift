import Foundation
import Testing

@Suite struct SimulateCommandTests {
  let workspace: Workspace
  private var policy: String { workspace.path + "/policy.json" }

  init() throws {
    workspace = try Workspace()
    try workspace.write(
      #"{"reservation":"6h","algorithms":["ES256"],"verifier_bound":"2h"}"#, to: "policy.json")
  }

  private func simulate(_ more: String...) throws -> Run {
    try idtoken(["simulate", "--policy", policy, "--years", "1", "--verifiers", "14"] + more)
  }

  @Test("simulate prints figures, seed and verifier classes of a policy that holds")
  func figures() throws {
    let run = try simulate("--seed", "7")
    #expect(run.status == 0, "\(run.error)")
    for text in [
      "seed 7", "refused", "go-oidc", "no verifier refused a token",
      "because verifier_bound is shorter: Micro",
    ] {
      #expect(run.output.contains(text), "\(run.output)")
    }
    #expect(run.error.isEmpty, "the progress bar is for terminals")
    #expect(!run.output.contains("\u{1b}"))
  }

  @Test(
    "simulate prints its random seed, and the same seed gives the same report")
  func seed() throws {
    let first = try simulate("--json")
    let object = try #require(JSONSerialization.jsonObject(with: Data(first.output.utf8)) as? [String: Any])
    let seed = try #require(object["seed"] as? String)
    #expect(try simulate("--json", "--seed", seed).output == first.output)
    #expect(object["refused"] as? Int == 0)
    #expect(object["holds"] as? Bool == true)
  }

  @Test("simulate --svg draws a timeline")
  func picture() throws {
    let file = workspace.path + "/timeline.svg"
    #expect(try simulate("--seed", "7", "--svg", file).status == 0)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.hasPrefix("<svg ") && text.contains("<title") && text.contains("prefers-color-scheme: dark"))
    #expect(text.components(separatedBy: "<svg").count == 2 && text.hasSuffix("</svg>\n"))
  }

  @Test("simulate refuses a policy with the same error as policy check")
  func badPolicy() throws {
    try workspace.write(#"{"rotation_period":"1h"}"#, to: "policy.json")
    let run = try simulate()
    #expect(run.status == 1)
    #expect(try run.error == idtoken("policy", "check", "--policy", policy).error)
  }

  @Test(
    "simulate refuses bad options with a reason",
    arguments: [
      (["--years", "0"], 64 as Int32, "--years is 0"), (["--years", "101"], 64, "--years is 101"),
      (["--verifiers", "0"], 64, "--verifiers is 0"), (["--verifiers", "1000001"], 64, "1000001"),
      (["--seed", "-1"], 64, "--seed"), (["--years", "x"], 64, "x"),
      (["--policy", "/nowhere"], 74, "/nowhere"),
    ])
  func badInput(arguments: [String], status: Int32, message: String) throws {
    let run = try idtoken(["simulate"] + arguments)
    #expect(run.status == status)
    #expect(run.error.contains(message), "\(run.error)")
  }

  @Test("simulate refuses what is too much to simulate, with its numbers")
  func tooMuch() throws {
    try workspace.write(
      #"{"verifier_bound":"0s","max_age":"0s","rotation_period":"10m"}"#, to: "policy.json")
    let run = try simulate()
    #expect(run.status == 64)
    #expect(run.error.contains("keys at once"))
  }

  @Test("simulate fails if the timeline can't be written")
  func unwritable() throws {
    let run = try simulate("--svg", workspace.path + "/missing/timeline.svg")
    #expect(run.status == 74)
  }
}
