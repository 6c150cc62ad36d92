public import JOSECore

extension TokenMinter {
  /// Appends `count` fresh tokens of one session to `tokens`, one behind the other, and to `ends` where each ends.
  ///
  /// There is room for `count` times `template.maximumTokenLength` bytes and for `count` ends. Where it throws, both
  /// are as they were.
  public mutating func mint(
    count: Int, _ template: borrowing PreparedToken, at now: NumericDate,
    into tokens: inout OutputSpan<UInt8>, ends: inout OutputSpan<Int>
  ) throws(IDTokenError) {
    let one = CollectionOfOne(copy template)
    let templates = one.span
    try mint(count, templates, at: now, &tokens, &ends)
  }

  /// Appends a fresh token for each of `templates`, in their order, and to `ends` where each ends.
  ///
  /// There is room for the sum of their `maximumTokenLength` bytes, and for as many ends. Where it throws, both are as
  /// they were.
  public mutating func mint(
    for templates: Span<PreparedToken>, at now: NumericDate, into tokens: inout OutputSpan<UInt8>,
    ends: inout OutputSpan<Int>
  ) throws(IDTokenError) {
    try mint(templates.count, templates, at: now, &tokens, &ends)
  }

  private mutating func mint(
    _ count: Int, _ templates: Span<PreparedToken>, at now: NumericDate, _ tokens: inout OutputSpan<UInt8>,
    _ ends: inout OutputSpan<Int>
  ) throws(IDTokenError) {
    try checkRoom(count, templates, tokens.freeCapacity, ends.freeCapacity)
    let (start, firstEnd) = (tokens.count, ends.count)
    do throws(IDTokenError) {
      for index in 0..<max(0, count) {
        let template = templates[index % templates.count]
        let start = tokens.count
        try appendUnsigned(template, at: now, to: &tokens)
        ends.append(tokens.count)
        do throws(JWAError) { try sign(template, start..<tokens.count, in: &tokens) } catch {
          throw .key(error)
        }
      }
      do throws(JWAError) { try signAll(in: &tokens) } catch { throw .key(error) }
    } catch {
      signer.removeAll()
      tokens.removeLast(tokens.count - start)
      ends.removeLast(ends.count - firstEnd)
      throw error
    }
  }

  /// Appends a token whose signature is yet to be written.
  mutating func appendUnsigned(
    _ template: borrowing PreparedToken, at now: NumericDate, to tokens: inout OutputSpan<UInt8>
  ) throws(IDTokenError) {
    let expiry = try template.expiry(at: now)
    do throws(JWAError) {
      try appendSigningInput(template, issuedAt: now, expiresAt: expiry, to: &tokens)
    } catch { throw .key(error) }
    tokens.append(repeating: UInt8(ascii: "."), count: template.signatureTextLength)
  }

  /// Has the token in `place` signed: with others of its kind where there are lanes for it, else at once.
  mutating func sign(
    _ template: borrowing PreparedToken, _ place: Range<Int>, in tokens: inout OutputSpan<UInt8>
  ) throws(JWAError) {
    let end = place.upperBound - template.signatureTextLength
    let (key, prefix) = (template.parts.key, template.parts.absorbed)
    let addition = try signer.add(
      tokens.span.extracting(place.lowerBound..<end), with: key, resuming: prefix, ticket: end + 1)
    switch addition {
    case .waits: break
    case .full(let kind):
      try signer.sign(kind) { (place, signature) in Base64URL.write(signature, to: &tokens, at: place) }
    case .refused:
      try signature.refill { (output) throws(JWAError) in
        try signer.sign(
          tokens.span.extracting(place.lowerBound..<end), with: key, resuming: prefix, into: &output)
      }
      signature.withBytes { Base64URL.write($0, to: &tokens, at: end + 1) }
    }
  }

  /// Signs what still waits for others of its kind.
  mutating func signAll(in tokens: inout OutputSpan<UInt8>) throws(JWAError) {
    try signer.signAll { (place, signature) in Base64URL.write(signature, to: &tokens, at: place) }
  }

  private func checkRoom(
    _ count: Int, _ templates: Span<PreparedToken>, _ bytes: Int, _ ends: Int
  ) throws(IDTokenError) {
    guard count > 0 else { return }
    // First, because memory bounds the count from here on.
    guard ends >= count else { throw .key(.bufferTooShort(needed: count, available: ends)) }
    var needed = 0
    for index in templates.indices { needed += templates[index].maximumTokenLength }
    if templates.count == 1 { needed *= count }
    guard bytes >= needed else { throw .key(.bufferTooShort(needed: needed, available: bytes)) }
  }
}

extension PreparedToken {
  /// Characters of the second dot and what follows.
  fileprivate var signatureTextLength: Int { 1 + Base64URL.encodedLength(parts.key.signatureLength) }
}

extension Base64URL {
  /// The text of a signature in the place that was kept for it.
  fileprivate static func write(_ bytes: Span<UInt8>, to tokens: inout OutputSpan<UInt8>, at place: Int) {
    var text = tokens.mutableSpan
    write(bytes, to: &text, at: place)
  }
}
