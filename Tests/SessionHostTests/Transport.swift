import IDTokens
import JOSECore
import SessionHost
import TestSupport

#if Client
import TestIssuer
import IssuerClient
#endif

/// Where tokens are made, seen from the host. The contract is the same in each.
enum Transport: CaseIterable {
  case sameProcess
  #if Client
  case overHTTP
  #endif
}

extension Fixture {
  /// What a host that asks over `transport` has for a source, where `source` makes the tokens there.
  func source(_ transport: Transport, over source: (any SessionTokenSource)? = nil) async throws
    -> any SessionTokenSource
  {
    let source = source ?? tokenIssuer
    switch transport {
    case .sameProcess: return source
    #if Client
    case .overHTTP: return try await ServedSource(ProtocolIssuer(source), at: now)
    #endif
    }
  }
}

#if Client
/// A remote source that keeps its issuer running.
private struct ServedSource: SessionTokenSource {
  let issuer: ProtocolIssuer
  let remote: RemoteTokenSource

  init(_ issuer: ProtocolIssuer, at now: NumericDate) throws {
    self.issuer = issuer
    remote = try issuer.remoteSource(clock: .fixed(now), timeouts: StoppedClock())
  }

  func sessionToken(for request: SessionTokenRequest) async throws -> IDToken? {
    try await remote.sessionToken(for: request)
  }
}
#endif
