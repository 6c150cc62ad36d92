#if Server
/// What an issuer has done since it started, and lately.
public struct IssuanceStatistics: Sendable, Hashable {
  public struct Row: Sendable, Hashable {
    /// An app's client ID, or the reason of a refusal.
    public let name: String
    /// `alg`; empty for refusals.
    public let algorithm: String
    public let total: Double
    /// A second, in the last minute.
    public let rate: Double
    /// In the last quarter of an hour.
    public let recent: Double
  }

  /// The busiest first.
  public var tokens: [Row] = []
  public var refusals: [Row] = []
  /// Tokens a second for each half minute of the last quarter of an hour, the latest last.
  public var history: [Double] = []

  public init() {}

  public var totalTokens: Double { tokens.reduce(0) { $0 + $1.total } }
  public var totalRefusals: Double { refusals.reduce(0) { $0 + $1.total } }
  public var tokensPerSecond: Double { tokens.reduce(0) { $0 + $1.rate } }
}
#endif
