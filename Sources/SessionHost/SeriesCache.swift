import IDTokens
import Synchronization

/// The series of sessions, one for each `sid`: made with the first token and kept for the next ones.
final class SeriesCache: Sendable {
  let issuer: TokenIssuer
  private let lifetime: TokenLifetime
  private let entries = Mutex<[SessionID: Entry]>([:])

  init(_ issuer: TokenIssuer, _ lifetime: TokenLifetime) { (self.issuer, self.lifetime) = (issuer, lifetime) }

  /// A series with the registration it was made for: another secret or algorithm makes it stale. An object, so that
  /// looking one up counts one reference.
  private final class Entry: Sendable {
    let app: AppRegistration
    let series: TokenSession

    init(_ app: AppRegistration, _ series: TokenSession) { (self.app, self.series) = (app, series) }

    func serves(_ request: SessionTokenRequest, _ app: AppRegistration) -> Bool {
      let made = series.request
      return self.app == app && made.clientID == request.clientID && made.user == request.user
        && made.shop == request.session.shopDomain
    }
  }

  func mint(_ request: SessionTokenRequest, _ app: AppRegistration) throws(IDTokenError) -> SessionToken {
    while true {
      // Made anew where the ring moves on in between.
      if let token = try issuer.mint(ifCurrent: series(request, app)) { return token }
    }
  }

  /// The same, signed together with those who ask at the same time.
  func mintTogether(
    _ request: SessionTokenRequest, _ app: AppRegistration
  ) async throws(IDTokenError) -> SessionToken {
    while true {
      let series = try series(request, app)
      if let gathering = issuer.gathering(for: series) {
        if let token = try await issuer.mint(ifCurrent: series, in: gathering) { return token }
      } else if let token = try issuer.mint(ifCurrent: series) {
        return token
      }
    }
  }

  func series(_ request: SessionTokenRequest, _ app: AppRegistration) throws(IDTokenError) -> TokenSession {
    if let cached = entries.withLock({ $0[request.sessionID] }), cached.serves(request, app),
      issuer.isCurrent(cached.series)
    {
      return cached.series
    }
    let series = try issuer.series(tokenRequest(request), app.profile)
    keep(Entry(app, series), for: request.sessionID)
    return series
  }

  private func keep(_ entry: Entry, for sessionID: SessionID) {
    entries.withLock { entries in
      // Sessions that ended leave theirs behind. Making one anew costs little, so nothing finer is needed.
      if entries.count >= 4096, entries[sessionID] == nil { entries.removeAll() }
      entries[sessionID] = entry
    }
  }

  private func tokenRequest(_ request: SessionTokenRequest) throws(IDTokenError) -> TokenRequest {
    try TokenRequest(
      shop: request.session.shopDomain, user: request.user, clientID: request.clientID,
      sessionID: request.sessionID, lifetime: lifetime)
  }
}
