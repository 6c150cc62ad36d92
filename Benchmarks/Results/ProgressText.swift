import SystemSupport

/// How far a run is, for people.
package enum ProgressText {
  /// `row 12 of 63, about 2 min left`: each row that is left takes as long as those before it did, or as estimated where
  /// there is none.
  package static func text(row: Int, of total: Int, after elapsed: Duration, estimate: Duration) -> String {
    let each = row > 1 ? elapsed / (row - 1) : estimate
    return "row \(row) of \(total), about \(about(each * (total - row + 1))) left"
  }

  /// In minutes, and below one in steps of five seconds.
  private static func about(_ duration: Duration) -> String {
    let seconds = duration / .seconds(1)
    let step = seconds < 55 ? 5.0 : 60
    return DurationFormat.text(Int64(max(step, (seconds / step).rounded() * step)))
  }
}
