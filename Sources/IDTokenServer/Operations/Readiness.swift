#if Server
import HTTPTypes
import Hummingbird
import JOSECore
import KeyRotation

/// Whether this process should be sent requests.
struct Readiness {
  let problems: [String]

  /// - Parameter signs: whether tokens are asked of it, or keys alone.
  init(_ live: KeyRing, signs: Bool, at now: NumericDate) {
    let snapshot = live.current
    let ring = snapshot.ring
    var problems: [String] = []
    do throws(KeyRingError) { try live.checkFreshness(at: now) } catch {
      problems.append("the key ring has not been confirmed lately")
    }
    for algorithm in ring.policy.algorithms {
      let isThere =
        signs ? (try? snapshot.signingKey(for: algorithm)) != nil : ring.activeKey(for: algorithm) != nil
      if !isThere { problems.append("there is no active \(algorithm) key") }
    }
    // As long as a process may lag: until then another's step may be on its way.
    if let due = ring.nextDue(ring.policy), due.advanced(by: ring.policy.stalenessBound) < now {
      problems.append("rotation is overdue since \(due)")
    }
    self.problems = problems
  }

  var isReady: Bool { problems.isEmpty }

  func response(_ epoch: Int) -> Response {
    var body: JSONObject = [
      "status": .string(isReady ? "ready" : "not ready"), "epoch": .integer(Int64(epoch)),
    ]
    if !isReady { body["problems"] = .array(problems.map { .string($0) }) }
    return Response(isReady ? .ok : .serviceUnavailable, json: body)
  }
}
#endif
