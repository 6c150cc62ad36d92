import JOSE
import Synchronization

/// Minters at rest, for callers that have no thread of their own. The lock covers taking one and putting it back, never
/// the minting, so callers don't wait for each other's signatures.
final class MinterPool: Sendable {
  private final class Entry: @unchecked Sendable {  // reachable from one caller at a time, which took it out
    var minter: TokenMinter
    init() throws(IDTokenError) { minter = try TokenMinter() }
  }

  private let resting = Mutex<[Entry]>([])

  func mint(_ template: borrowing TokenTemplate, at now: NumericDate) throws(IDTokenError) -> SessionToken {
    let entry: Entry
    if let rested = resting.withLock({ $0.popLast() }) { entry = rested } else { entry = try Entry() }
    defer { resting.withLock { $0.append(entry) } }
    let serialized = try String(minting: template, with: &entry.minter, at: now)
    return SessionToken(serialized: serialized, expiresAt: try template.expiry(at: now))
  }
}

extension String {
  /// A token written straight into the string's own storage.
  init(
    minting template: borrowing TokenTemplate, with minter: inout TokenMinter, at now: NumericDate
  ) throws(IDTokenError) {
    var failure: IDTokenError?
    self = unsafe String(unsafeUninitializedCapacity: template.maximumTokenLength) { buffer in
      var output = unsafe OutputSpan(buffer: buffer, initializedCount: 0)
      do throws(IDTokenError) { try minter.mint(template, at: now, into: &output) } catch { failure = error }
      return unsafe output.finalize(for: buffer)
    }
    if let failure { throw failure }
  }
}
