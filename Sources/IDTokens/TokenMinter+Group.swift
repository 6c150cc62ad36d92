import JOSECore

extension TokenMinter {
  /// Mints a token for each of a group and hands it over. Where it throws, it has told nobody but those whose own fault it
  /// was.
  mutating func mint(_ group: [PendingSignature]) throws(IDTokenError) {
    var minted: [(caller: PendingSignature, expiry: NumericDate, end: Int)] = []
    minted.reserveCapacity(group.count)
    let room = group.reduce(0) { $0 + $1.template.maximumTokenLength }
    let tokens: [UInt8]
    do throws(JWAError) {
      tokens = try [UInt8](capacity: room) { (tokens) throws(JWAError) in
        for caller in group {
          let start = tokens.count
          guard let expiry = append(caller, to: &tokens) else { continue }
          minted.append((caller, expiry, tokens.count))
          try sign(caller.template, start..<tokens.count, in: &tokens)
        }
        try signAll(in: &tokens)
      }
    } catch {
      signer.removeAll()
      throw .key(error)
    }
    var start = 0
    for (caller, expiry, end) in minted {
      let serialized = String(decoding: tokens[start..<end], as: UTF8.self)
      caller.close(.minted(.success(SessionToken(serialized: serialized, expiresAt: expiry))))
      start = end
    }
  }

  /// When the caller's token expires; `nil` where it gets none, and has been told why.
  private mutating func append(
    _ caller: PendingSignature, to tokens: inout OutputSpan<UInt8>
  ) -> NumericDate? {
    let start = tokens.count
    do throws(IDTokenError) {
      try appendUnsigned(caller.template, at: caller.now, to: &tokens)
      return try caller.template.expiry(at: caller.now)
    } catch {
      tokens.removeLast(tokens.count - start)
      caller.close(.minted(.failure(error)))
      return nil
    }
  }
}
