import Testing

@Suite struct DemoCommandTests {
  @Test("demo creates a ring, verifies a token of each profile and shows the refusal")
  func demo() throws {
    let workspace = try Workspace()
    for _ in ["without a ring", "with the ring of the first run"] {
      let run = try idtoken("demo", "--ring", workspace.ring)
      #expect(run.status == 0)
      #expect(run.output.contains(#"{"alg":"HS256","typ":"JWT"}"#))
      #expect(run.output.contains(#"{"alg":"RS256","typ":"JWT","kid":"#))
      #expect(run.output.matches(of: /verified as the backend of/).count == 2)
      #expect(run.output.contains("getSessionToken() → nil"))
    }
  }
}
