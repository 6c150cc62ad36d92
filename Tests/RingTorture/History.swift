import IDTokens
import JOSECore
import KeyRotation
import SystemSupport
import TestSupport

/// What is known of a ring from outside: the last epoch that a process has reported, and the tokens it gave out.
struct History {
  let directory: String
  private var lastEpoch = 0
  private var lastTime = NumericDate(0)
  /// The last token of each key to expire.
  private var tokens: [String: (token: String, expiry: NumericDate)] = [:]
  /// Epochs and tokens of the latest check.
  private(set) var (committed, verified) = (0, 0)

  init(directory: String) { self.directory = directory }

  /// Takes in what a process printed before it was killed, and opens the ring as the next one will.
  mutating func check(_ output: String) -> [String] {
    let before = lastEpoch
    takeIn(output)
    let inspection = RingInspection(directory)
    guard let snapshot = inspection.snapshot else {
      // Killed while the ring was made, before it was there.
      return lastEpoch == 0 ? inspection.violations : inspection.violations + ["there is no ring any more"]
    }
    var violations = inspection.violations
    // The process is killed between a commit and its report at most once.
    if lastEpoch > 0, !(lastEpoch...lastEpoch + 1).contains(snapshot.epoch) {
      violations.append("epoch \(snapshot.epoch) after \(lastEpoch) was reported")
    }
    lastEpoch = snapshot.epoch
    lastTime = max(lastTime, snapshot.ring.latestDate)
    committed = lastEpoch - before
    do {
      for token in try SampleTokens.mint(snapshot, at: lastTime) { add(token) }
    } catch { violations.append("\(error)") }
    return violations + verifyTokens(snapshot)
  }

  /// A last line that the kill has cut is no report.
  private mutating func takeIn(_ output: String) {
    for line in output.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      let words = line.split(separator: " ")
      switch words.first {
      case "commit" where words.count == 3:
        lastEpoch = max(lastEpoch, Int(words[1]) ?? .max)
        lastTime = max(lastTime, NumericDate(Int64(words[2]) ?? .max))
      case "token" where words.count == 2: add(String(words[1]))
      default: break
      }
    }
  }

  private mutating func add(_ token: String) {
    let jws = try? CompactJWS(parsing: token)
    let (keyID, expiry) = (jws?.header.keyID ?? "", (try? jws?.claims())?["exp"]?.integer ?? .max)
    if let known = tokens[keyID], known.expiry.secondsSinceEpoch >= expiry { return }
    tokens[keyID] = (token, NumericDate(expiry))
  }

  /// Tokens that somebody may still accept verify, whichever process gave them out; the others are forgotten.
  private mutating func verifyTokens(_ snapshot: KeyRingSnapshot) -> [String] {
    var verifier = TokenVerifier(.jwkSet(snapshot.jwks), audience: .unchecked, issuer: .unchecked)
    let leeway = snapshot.ring.policy.retention
    verifier.leeway = .seconds(leeway)
    tokens = tokens.filter { $0.value.expiry.advanced(by: leeway) > lastTime }
    verified = tokens.count
    return tokens.values.compactMap { token, _ in
      do throws(VerificationError) { _ = try verifier.verify(token, at: lastTime) } catch {
        return "a token is refused: \(error)"
      }
      return nil
    }
  }
}
