import JOSECore
import KeyRotation

/// What a picture of a simulation shows. Times in seconds since its start.
package struct Timeline: Sendable, Hashable {
  package struct Key: Sendable, Hashable {
    /// Of which of the policy's algorithms.
    package let slot: Int
    package let publishedAt: Int64
    package let activatedAt: Int64?
    package let retiredAt: Int64?
    package let removedAt: Int64?
    /// Until when somebody may hold a JWKS without it.
    package internal(set) var unknownUntil: Int64?
  }

  package let duration: Int64
  package internal(set) var keys: [Key]
  package let downtimes: [Range<Int64>]

  init(_ history: History) {
    func since(_ time: Int64) -> Int64 { time - history.start }
    duration = since(history.end)
    keys = history.keys.map { key in
      Key(
        slot: key.slot, publishedAt: since(key.publishedAt), activatedAt: key.activatedAt.map(since),
        retiredAt: key.retiredAt.map(since), removedAt: key.removedAt.map(since))
    }
    downtimes = history.downtimes.map { since($0.lowerBound)..<since($0.upperBound) }
  }
}

/// Where a time is in a picture.
struct TimelineScale: Sendable {
  let from: Double
  let to: Double
  let duration: Double

  func x(_ time: Int64) -> Double { from + (to - from) * Double(time) / duration }
}

extension Double {
  /// With a decimal, if one is needed.
  var short: String {
    let tenths = Int((self * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
  }
}

/// In the unit that fits an axis.
func days(_ seconds: Int64) -> String {
  if seconds == 0 { return "0" }
  if seconds >= 86_400 { return "\((Double(seconds) / 86_400).short) d" }
  return seconds >= 3600 ? "\((Double(seconds) / 3600).short) h" : "\((Double(seconds) / 60).short) min"
}

func grouped(_ number: Int) -> String {
  var (digits, groups) = ("\(number)"[...], [Substring]())
  while digits.count > 3 {
    groups.append(digits.suffix(3))
    digits = digits.dropLast(3)
  }
  return ([digits] + groups.reversed()).joined(separator: ",")
}

/// A picture of a simulation: a row for each key with its states, downtimes behind them, and below how long the slowest
/// verifier of each class did without a new key.
package struct TimelineSVG: Sendable {
  let report: SimulationReport
  let scale: TimelineScale

  static let width = 900.0
  static let left = 96.0
  static let right = 24.0
  static let top = 84.0
  static let row = 14.0

  package init(_ report: SimulationReport) {
    self.report = report
    scale = TimelineScale(
      from: Self.left, to: Self.width - Self.right, duration: Double(max(1, report.timeline.duration)))
  }

  package var text: String {
    let classesTop = rowsEnd + 74
    let height = classesTop + ClassBars.height(report) + 30
    let parts = [
      opening(height), axis, downtimes, rows, legend, ClassBars(report: report, top: classesTop).text,
    ]
    return (parts + [footer(height), "</svg>"]).joined(separator: "\n") + "\n"
  }

  private var rowsEnd: Double { Self.top + Double(report.timeline.keys.count) * Self.row }

  private func opening(_ height: Double) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.width.short) \(height.short)" \
    width="\(Self.width.short)" height="\(height.short)" font-family="system-ui, sans-serif" font-size="11" \
    role="img" aria-labelledby="timeline-title timeline-desc">
    <title id="timeline-title">Keys of a ring over \(days(report.timeline.duration))</title>
    <desc id="timeline-desc">\(description)</desc>
    <style>
    .back { fill: #ffffff } .text { fill: #1f2328 } .faint { fill: #59636e } .line { stroke: #d8dee4 }
    .published { fill: #bf8700 } .unknown { fill: #cf222e } .active { fill: #0969da } .retired { fill: #8c959f }
    .away { fill: #dbe2ea } .limit { stroke: #cf222e }
    @media (prefers-color-scheme: dark) {
      .back { fill: #0d1117 } .text { fill: #e6edf3 } .faint { fill: #9198a1 } .line { stroke: #30363d }
      .published { fill: #d29922 } .unknown { fill: #f85149 } .active { fill: #4493f8 } .retired { fill: #6e7681 }
      .away { fill: #262f3d } .limit { stroke: #f85149 }
    }
    </style>
    <rect class="back" width="100%" height="100%" rx="6"/>
    <text class="text" x="16" y="26" font-size="15" font-weight="600">\(title)</text>
    """
  }

  private var title: String {
    report.holds
      ? "Every key is known everywhere before it signs" : "Verifiers refuse tokens under this policy"
  }

  private var description: String {
    "\(report.timeline.keys.count) keys, one row each, as published, active and retired; \(report.downtimes) downtimes of "
      + "the rotator; \(report.verifications) verifications by \(report.verifiers) verifiers, \(report.refused) refused."
  }

  private func footer(_ height: Double) -> String {
    let result =
      "\(grouped(report.verifications)) verifications by \(grouped(report.verifiers)) verifiers, "
      + "\(grouped(report.refused)) refused · idtoken simulate --seed \(report.seed)"
    return #"<text class="faint" x="16" y="\#((height - 12).short)">\#(result)</text>"#
  }
}

// MARK: - Time

extension TimelineSVG {
  /// Thirteen lines at the most.
  private var axis: String {
    let duration = report.timeline.duration
    let step =
      [1, 2, 7, 14, 30, 60, 91, 182, 365, 730, 1825, 3650].map { $0 * 86_400 as Int64 }
      .first { duration / $0 <= 13 } ?? duration
    let times = duration < 86_400 ? [0, duration] : Array(stride(from: 0, through: duration, by: Int(step)))
    return times.map { time in
      let x = scale.x(time).short
      return
        #"<line class="line" x1="\#(x)" y1="\#((Self.top - 6).short)" x2="\#(x)" y2="\#((rowsEnd + 4).short)"/>"#
        + #"<text class="faint" x="\#(x)" y="\#((rowsEnd + 18).short)" text-anchor="middle">\#(days(time))</text>"#
    }.joined(separator: "\n")
  }

  private var downtimes: String {
    report.timeline.downtimes.map { away in
      bar("away", away.lowerBound, away.upperBound, y: Self.top - 6, height: rowsEnd - Self.top + 10)
    }.joined(separator: "\n")
  }
}

// MARK: - Keys

extension TimelineSVG {
  private var rows: String {
    report.timeline.keys.enumerated().map { number, key in
      row(number, key, y: Self.top + Double(number) * Self.row)
    }.joined(separator: "\n")
  }

  private func row(_ number: Int, _ key: Timeline.Key, y: Double) -> String {
    let end = key.removedAt ?? report.timeline.duration
    let algorithm =
      report.policy.algorithms.indices.contains(key.slot) ? report.policy.algorithms[key.slot].rawValue : ""
    var parts = [
      #"<text class="faint" x="\#((Self.left - 8).short)" y="\#((y + 10).short)" text-anchor="end">\#(algorithm) \#(number + 1)</text>"#,
      bar("published", key.publishedAt, key.activatedAt ?? end, y: y + 4, height: 6),
    ]
    if let unknown = key.unknownUntil {
      parts.append(bar("unknown", key.publishedAt, unknown, y: y + 4, height: 6))
    }
    if let active = key.activatedAt {
      parts.append(bar("active", active, key.retiredAt ?? end, y: y + 2, height: 10))
      if let retired = key.retiredAt { parts.append(bar("retired", retired, end, y: y + 4, height: 6)) }
    }
    return parts.joined()
  }

  private func bar(_ style: String, _ from: Int64, _ until: Int64, y: Double, height: Double) -> String {
    let (start, end) = (scale.x(from), scale.x(min(until, report.timeline.duration)))
    let width = max(1, end - start).short
    return
      #"<rect class="\#(style)" x="\#(start.short)" y="\#(y.short)" width="\#(width)" height="\#(height.short)"/>"#
  }

  private var legend: String {
    let entries = [
      ("unknown", "published, not yet known to every verifier"), ("published", "known everywhere, stands by"),
      ("active", "signs"), ("retired", "retired, still in the JWKS"), ("away", "rotator away"),
    ]
    var (x, parts) = (16.0, [String]())
    for (style, text) in entries {
      parts.append(#"<rect class="\#(style)" x="\#(x.short)" y="42" width="12" height="10"/>"#)
      parts.append(#"<text class="text" x="\#((x + 17).short)" y="51">\#(text)</text>"#)
      x += 40 + Double(text.count) * 5.9
    }
    return parts.joined(separator: "\n")
  }
}
