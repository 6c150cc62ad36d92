#if Server
struct FigureContent {
  let name, algorithm, total, rate, recent, reason: String

  init(_ row: IssuanceStatistics.Row) {
    (name, algorithm) = (row.name, row.algorithm)
    (total, rate) = (PageFormat.number(row.total), PageFormat.number(row.rate))
    recent = PageFormat.number(row.recent)
    reason = Self.reasons[row.name] ?? row.name
  }

  private static let reasons = [
    "not_permitted": "The user lacks the permission",
    "invalid_request": "The request is malformed",
    "invalid_client": "No or an unknown credential",
    "access_denied": "The host is not registered for the shop or app",
    "slow_down": "Too many requests of one host",
    "overloaded": "Too many requests at once",
    "server_error": "The issuer failed",
    "stale_ring": "The key ring could not be confirmed in time",
  ]
}

struct HistoryBar {
  let x: String
  let y, height: Int

  /// In a picture of 64 pixels; the highest has 60.
  static func bars(_ rates: [Double]) -> [HistoryBar] {
    let most = max(rates.max() ?? 0, .leastNormalMagnitude)
    return rates.enumerated().map { number, rate in
      let height = rate > 0 ? max(2, Int((60 * rate / most).rounded())) : 0
      let x = Double(number * 1000 / max(1, rates.count)) / 10
      return HistoryBar(x: "\(x)%", y: 63 - height, height: height)
    }
  }
}
#endif
