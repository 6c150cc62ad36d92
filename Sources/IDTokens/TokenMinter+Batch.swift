public import JOSE
import JWA

extension TokenMinter {
  /// Appends `count` fresh tokens of one session to `tokens`, one behind the other, and to `ends` where each ends.
  ///
  /// There is room for `count` times `template.maximumTokenLength` bytes and for `count` ends. Where it throws, both
  /// are as they were.
  public mutating func mint(
    count: Int, _ template: borrowing TokenTemplate, at now: NumericDate,
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
    for templates: Span<TokenTemplate>, at now: NumericDate, into tokens: inout OutputSpan<UInt8>,
    ends: inout OutputSpan<Int>
  ) throws(IDTokenError) {
    try mint(templates.count, templates, at: now, &tokens, &ends)
  }

  private mutating func mint(
    _ count: Int, _ templates: Span<TokenTemplate>, at now: NumericDate, _ tokens: inout OutputSpan<UInt8>,
    _ ends: inout OutputSpan<Int>
  ) throws(IDTokenError) {
    try checkRoom(count, templates, tokens.freeCapacity, ends.freeCapacity)
    let (start, firstEnd) = (tokens.count, ends.count)
    do throws(IDTokenError) {
      for first in stride(from: 0, to: count, by: TokenGroup.size) {
        try mintGroup(first..<min(first + TokenGroup.size, count), templates, at: now, &tokens, &ends)
      }
    } catch {
      tokens.removeLast(tokens.count - start)
      ends.removeLast(ends.count - firstEnd)
      throw error
    }
  }

  /// Every signing input of a group is written before any is signed, so that one call can sign them all.
  private mutating func mintGroup(
    _ group: Range<Int>, _ templates: Span<TokenTemplate>, at now: NumericDate,
    _ tokens: inout OutputSpan<UInt8>, _ ends: inout OutputSpan<Int>
  ) throws(IDTokenError) {
    var starts = TokenGroup(repeating: 0)
    for (lane, index) in group.enumerated() {
      starts[lane] = tokens.count
      try appendUnsigned(templates[index % templates.count], at: now, to: &tokens)
      ends.append(tokens.count)
    }
    for (lane, index) in group.enumerated() {
      let place = starts[lane]..<ends.span[ends.count - group.count + lane]
      do throws(JWAError) {
        try sign(templates[index % templates.count], place, in: &tokens)
      } catch { throw .key(error) }
    }
  }

  /// Appends a token whose signature is yet to be written.
  private mutating func appendUnsigned(
    _ template: borrowing TokenTemplate, at now: NumericDate, to tokens: inout OutputSpan<UInt8>
  ) throws(IDTokenError) {
    let expiry = try template.expiry(at: now)
    do throws(JWAError) {
      try appendSigningInput(template, issuedAt: now, expiresAt: expiry, to: &tokens)
    } catch { throw .key(error) }
    tokens.append(repeating: UInt8(ascii: "."), count: template.signatureTextLength)
  }

  /// Signs the token in `place` and writes the signature's text behind the dot.
  private mutating func sign(
    _ template: borrowing TokenTemplate, _ place: Range<Int>, in tokens: inout OutputSpan<UInt8>
  ) throws(JWAError) {
    let end = place.upperBound - template.signatureTextLength
    try signature.refill { (output) throws(JWAError) in
      try signer.sign(
        tokens.span.extracting(place.lowerBound..<end), with: template.parts.key,
        resuming: template.parts.absorbed,
        into: &output)
    }
    var text = tokens.mutableSpan
    signature.withBytes { Base64URL.write($0, to: &text, at: end + 1) }
  }

  private func checkRoom(
    _ count: Int, _ templates: Span<TokenTemplate>, _ bytes: Int, _ ends: Int
  ) throws(IDTokenError) {
    guard count > 0 else { return }
    var needed = 0
    for index in templates.indices { needed += templates[index].maximumTokenLength }
    if templates.count == 1 { needed *= count }
    guard bytes >= needed else { throw .key(.bufferTooShort(needed: needed, available: bytes)) }
    guard ends >= count else { throw .key(.bufferTooShort(needed: count, available: ends)) }
  }
}

/// A number for each token of a group, as many as vector registers sign at once.
private typealias TokenGroup = InlineArray<8, Int>

extension TokenGroup where Element == Int {
  fileprivate static var size: Int { 8 }
}

extension TokenTemplate {
  /// Characters of the second dot and what follows.
  fileprivate var signatureTextLength: Int { 1 + Base64URL.encodedLength(parts.key.signatureLength) }
}
