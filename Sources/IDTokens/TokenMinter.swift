public import JOSECore

/// Mints tokens for one thread or event loop, into the caller's buffers. Nothing in it is shared, so nothing is locked.
public struct TokenMinter: ~Copyable, Sendable {
  private var signer: BatchSigner
  private var random = RandomBuffer()
  private var claims = PerTokenClaims()
  private var signature = ReusableBuffer(capacity: 2048)
  private var hasWaiting = false

  /// - Parameter multiBuffer: signs eight tokens of a list at a time, where the processor can.
  public init(multiBuffer: MultiBufferSigner = .shared) throws(IDTokenError) {
    do { signer = try BatchSigner(multiBuffer) } catch { throw .key(error) }
  }

  /// Appends a fresh token to `output`, which has room for `token.maximumLength` bytes. If it throws, `output` is as it
  /// was.
  ///
  /// - Returns: when the token expires.
  @discardableResult
  public mutating func mint(
    _ token: borrowing PreparedToken, at now: NumericDate, into output: inout OutputSpan<UInt8>
  ) throws(IDTokenError) -> NumericDate {
    let start = output.count
    do throws(IDTokenError) { return try append(token, at: now, to: &output, isLast: true) } catch {
      output.removeLast(output.count - start)
      throw error
    }
  }

  /// Appends a fresh token for each of `tokens`, in their order, and to `ends` where each ends in `output`.
  ///
  /// Both have room: the sum of `maximumLength` bytes, and an end for each. If it throws, both are as they were.
  public mutating func mint(
    _ tokens: Span<PreparedToken>, at now: NumericDate, into output: inout OutputSpan<UInt8>,
    ends: inout OutputSpan<Int>
  ) throws(IDTokenError) {
    guard ends.freeCapacity >= tokens.count else {
      throw .bufferTooShort(needed: tokens.count, available: ends.freeCapacity)
    }
    let (start, firstEnd) = (output.count, ends.count)
    do throws(IDTokenError) {
      for index in tokens.indices {
        try append(tokens[index], at: now, to: &output)
        ends.append(output.count)
      }
      try signAll(in: &output)
    } catch {
      signer.removeAll()
      output.removeLast(output.count - start)
      ends.removeLast(ends.count - firstEnd)
      throw error
    }
  }
}

// Claims → signing input → signature → token, as in RFC 7515 §5.1.
extension TokenMinter {
  /// Appends a token. Its signature may be left for `signAll`, which signs several together, unless nothing follows.
  @discardableResult
  mutating func append(
    _ token: borrowing PreparedToken, at now: NumericDate, to output: inout OutputSpan<UInt8>,
    isLast: Bool = false
  ) throws(IDTokenError) -> NumericDate {
    let start = output.count
    let expiry = try appendSigningInput(token, at: now, to: &output)
    switch token.signing {
    case nil: throw .signerIsElsewhere
    case .some(let signing):
      do throws(JOSEError) {
        if isLast || signing.key.multiBufferKind == nil {
          try appendSignature(of: start, signing, to: &output)
        } else {
          try addToBatch(token, signing, start, in: &output)
        }
      } catch { throw .key(error) }
    }
    return expiry
  }

  /// Appends `base64url(header).base64url(claims)`.
  mutating func appendSigningInput(
    _ token: borrowing PreparedToken, at now: NumericDate, to output: inout OutputSpan<UInt8>
  ) throws(IDTokenError) -> NumericDate {
    let expiry = try token.expiry(at: now)
    guard output.freeCapacity >= token.maximumLength else {
      throw .bufferTooShort(needed: token.maximumLength, available: output.freeCapacity)
    }
    let tokenID: InlineArray<16, UInt8>
    do { tokenID = try random.next() } catch { throw .key(error) }
    token.prefix.withBytes { output.append($0) }
    claims.append(token.remainder, issuedAt: now, expiresAt: expiry, tokenID: tokenID, to: &output)
    return expiry
  }

  /// Appends the dot and the signature of what is in `output` from `start` on.
  private mutating func appendSignature(
    of start: Int, _ signing: borrowing PreparedToken.Signing, to output: inout OutputSpan<UInt8>
  ) throws(JOSEError) {
    try signature.refill { (signature) throws(JOSEError) in
      try signer.sign(
        output.span.extracting(droppingFirst: start), with: signing.key, resuming: signing.midstate,
        into: &signature)
    }
    output.append(UInt8(ascii: "."))
    signature.withBytes { Base64URL.append($0, to: &output) }
  }

  /// Keeps a place for the signature, and signs with others of its kind once there are eight.
  private mutating func addToBatch(
    _ token: borrowing PreparedToken, _ signing: borrowing PreparedToken.Signing, _ start: Int,
    in output: inout OutputSpan<UInt8>
  ) throws(JOSEError) {
    let offset = output.count + 1
    let addition = try signer.add(
      output.span.extracting(droppingFirst: start), with: signing.key, resuming: signing.midstate,
      ticket: offset)
    if case .refused = addition { return try appendSignature(of: start, signing, to: &output) }
    output.append(repeating: UInt8(ascii: "."), count: token.signatureTextLength)
    hasWaiting = true
    if case .full(let kind) = addition {
      try signer.sign(kind) { (offset, signature) in Base64URL.write(signature, to: &output, at: offset) }
    }
  }

  /// Signs the tokens whose signatures are left.
  mutating func signAll(in output: inout OutputSpan<UInt8>) throws(IDTokenError) {
    guard hasWaiting else { return }
    hasWaiting = false
    do throws(JOSEError) {
      try signer.signAll { (offset, signature) in Base64URL.write(signature, to: &output, at: offset) }
    } catch { throw .key(error) }
  }

  /// Forgets them.
  mutating func removeAll() { signer.removeAll() }
}

extension Base64URL {
  /// The text of a signature in the place that was kept for it.
  fileprivate static func write(_ bytes: Span<UInt8>, to output: inout OutputSpan<UInt8>, at offset: Int) {
    var text = output.mutableSpan
    write(bytes, to: &text, at: offset)
  }
}
