import JOSECore

/// Minters for callers that keep none of their own: each thread finds its own again.
final class MinterPool: Sendable {
  private let minters = ThreadLocalPool<TokenMinter>()
  private let lanes: MultiBufferSigner

  init(_ lanes: MultiBufferSigner) { self.lanes = lanes }

  func mint(_ template: borrowing PreparedToken, at now: NumericDate) throws(IDTokenError) -> SessionToken {
    let expiry = try template.expiry(at: now)
    let serialized = try minters.with { () throws(IDTokenError) in
      try TokenMinter(lanes: lanes)
    } _: { (minter) throws(IDTokenError) in
      try String(minting: template, with: &minter, at: now)
    }
    return SessionToken(serialized: serialized, expiresAt: expiry)
  }

  /// Mints for each of a group, and tells them.
  func mint(_ group: [PendingSignature]) {
    do throws(IDTokenError) {
      try minters.with { () throws(IDTokenError) in
        try TokenMinter(lanes: lanes)
      } _: { (minter) throws(IDTokenError) in
        try minter.mint(group)
      }
    } catch {
      // What went wrong with one of them must not cost the others their tokens.
      for caller in group { caller.close(.alone) }
    }
  }
}

extension String {
  /// A token written straight into the string's own storage.
  init(
    minting template: borrowing PreparedToken, with minter: inout TokenMinter, at now: NumericDate
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
