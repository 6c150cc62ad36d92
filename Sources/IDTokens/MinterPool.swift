import JOSECore

/// Mints for callers on any thread: each thread has a minter, and concurrent callers may be signed as one batch.
package final class MinterPool: Sendable {
  private let minters = ThreadLocalPool<TokenMinter>()
  private let multiBuffer: MultiBufferSigner
  /// Empty where nothing is signed in batches.
  private let queues: [MultiBufferKeyKind: SigningQueue]

  package init(_ multiBuffer: MultiBufferSigner) {
    self.multiBuffer = multiBuffer
    guard case .on = multiBuffer.status else {
      queues = [:]
      return
    }
    queues = Dictionary(uniqueKeysWithValues: MultiBufferKeyKind.allCases.map { ($0, SigningQueue($0)) })
  }

  /// One for the process, so that issuers share minters and batches.
  static let shared = MinterPool(.shared)
  /// For keys that are never signed with in batches: it looks for no library.
  static let single = MinterPool(.off)

  package static func with(_ multiBuffer: MultiBufferSigner) -> MinterPool {
    multiBuffer === MultiBufferSigner.shared ? shared : MinterPool(multiBuffer)
  }

  /// A fresh token, signed by itself.
  func mint(_ token: borrowing PreparedToken, at now: NumericDate) throws(IDTokenError) -> IDToken {
    try withMinter { (minter) throws(IDTokenError) in try minter.mint(token, at: now) }
  }

  /// The queue that the next caller with this token joins; `nil` if it signs at once, by itself.
  func queue(for token: borrowing PreparedToken) -> SigningQueue? {
    guard !queues.isEmpty, let kind = token.key?.multiBufferKind, let queue = queues[kind],
      !queue.signsAlone()
    else { return nil }
    return queue
  }

  /// A fresh token, signed together with those of concurrent callers: one caller of each batch signs it. It waits for that
  /// signature and nothing else.
  nonisolated(nonsending) func mint(
    _ token: PreparedToken, at now: NumericDate, in queue: SigningQueue
  ) async throws(IDTokenError) -> IDToken {
    guard !Task.isCancelled else { throw .cancelled }
    let pending = PendingSignature(token, at: now)
    let outcome: PendingSignature.Outcome
    switch queue.join(pending) {
    case .signs(let batch):
      sign(batch, in: queue)
      outcome = await pending.outcome
    case .leads(let number):
      // All tasks that are ready run before this one goes on.
      await Task.yield()
      let (batch, isEnough) = queue.close(number: number)
      if isEnough { sign(batch, in: queue) } else { for each in batch { each.resume(.alone) } }
      outcome = await pending.outcome
    case .waits:
      outcome = await withTaskCancellationHandler {
        await pending.outcome
      } onCancel: {
        queue.leave(pending)
      }
    }
    switch outcome {
    case .minted(let token): return token
    case .alone: return try mint(token, at: now)
    case .cancelled: throw .cancelled
    }
  }

  /// A key's first signatures are tested here and not sooner, so that no lone caller waits for it.
  private func sign(_ batch: [PendingSignature], in queue: SigningQueue) {
    guard let key = batch.first?.token.key else { return }
    if multiBuffer.unavailabilityReason(for: key) != nil {
      queue.pause()
    } else if let tokens = try? withMinter({ (minter) throws(IDTokenError) in
      try minter.mint(batch.map { ($0.token, $0.now) })
    }) {
      for (pending, token) in zip(batch, tokens) { pending.resume(.minted(token)) }
      return
    }
    // What went wrong with one of them must not cost the others their tokens.
    for pending in batch { pending.resume(.alone) }
  }

  @inline(__always)
  private func withMinter<Result: Sendable>(
    _ use: (inout TokenMinter) throws(IDTokenError) -> Result
  ) throws(IDTokenError) -> Result {
    try minters.with(
      make: { () throws(IDTokenError) in try TokenMinter(multiBuffer: multiBuffer) }, use)
  }
}

extension TokenMinter {
  /// A token in a string of its own: it is written straight into the string's storage.
  package mutating func mint(
    _ token: borrowing PreparedToken, at now: NumericDate
  ) throws(IDTokenError) -> IDToken {
    var (expiry, failure): (NumericDate, IDTokenError?) = (now, nil)
    let text = unsafe String(unsafeUninitializedCapacity: token.maximumLength) { buffer in
      var output = unsafe OutputSpan(buffer: buffer, initializedCount: 0)
      do throws(IDTokenError) { expiry = try mint(token, at: now, into: &output) } catch { failure = error }
      return unsafe output.finalize(for: buffer)
    }
    if let failure { throw failure }
    return IDToken(text: text, expiresAt: expiry)
  }

  /// A token for each of a batch, in its order, signed together. If it throws, there is none.
  package mutating func mint(
    _ batch: [(token: PreparedToken, now: NumericDate)]
  ) throws(IDTokenError) -> [IDToken] {
    var minted: [(expiry: NumericDate, end: Int)] = []
    minted.reserveCapacity(batch.count)
    let capacity = batch.reduce(0) { $0 + $1.token.maximumLength }
    let bytes: [UInt8]
    do throws(IDTokenError) {
      bytes = try [UInt8](capacity: capacity) { (output) throws(IDTokenError) in
        for (token, now) in batch {
          let expiry = try append(token, at: now, to: &output)
          minted.append((expiry, output.count))
        }
        try signAll(in: &output)
      }
    } catch {
      removeAll()
      throw error
    }
    var start = 0
    return minted.map { expiry, end in
      defer { start = end }
      return IDToken(text: String(decoding: bytes[start..<end], as: UTF8.self), expiresAt: expiry)
    }
  }
}
