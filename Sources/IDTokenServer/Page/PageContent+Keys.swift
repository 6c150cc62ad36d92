#if Server
import JOSECore
import KeyRotation
import SystemSupport

struct TimelineContent {
  let height: Int
  let now: String
  let rows: [KeyTimeline.Row]
  let ticks: [KeyTimeline.Tick]

  init(_ timeline: KeyTimeline) {
    (height, now, rows, ticks) = (timeline.height, timeline.nowX, timeline.rows, timeline.ticks)
  }
}

struct EventContent {
  let relative, algorithm, text, iso: String
  let moment: String?

  init(_ event: UpcomingEvents.Event, at now: NumericDate) {
    (algorithm, text) = (event.algorithm, event.text)
    guard let time = event.time else {
      (relative, iso, moment) = ("waits", "", nil)
      return
    }
    relative = time > now ? "in \(DurationFormat.text(time.seconds(since: now)))" : "due now"
    (iso, moment) = ("\(time)", PageFormat.moment(time))
  }
}

struct KeyContent {
  let kid, algorithm, state, words, age, jwk: String
  let reason: String?

  init(_ key: RingKey, at now: NumericDate) {
    (kid, algorithm, state) = (key.keyID, key.algorithm.rawValue, key.state.rawValue)
    words = key.stateInWords
    age = DurationFormat.text(now.seconds(since: key.since))
    reason = key.revocationReason
    // For the inspector: it may check signatures with what the JWKS holds and with nothing else.
    let published = key.state == .revoked ? nil : key.publicKey.jwkMembers
    jwk = published.map { $0.description } ?? ""
  }
}
#endif
