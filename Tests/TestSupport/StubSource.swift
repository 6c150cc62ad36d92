package import SessionHost

/// Answers with whatever a test makes of the request.
package struct StubSource: SessionTokenSource {
  let answer: @Sendable (SessionTokenRequest) async throws -> IDToken?

  package init(answer: @escaping @Sendable (SessionTokenRequest) async throws -> IDToken?) {
    self.answer = answer
  }

  package func sessionToken(for request: SessionTokenRequest) async throws -> IDToken? {
    try await answer(request)
  }
}

package struct Unreachable: Error {
  package init() {}
}
