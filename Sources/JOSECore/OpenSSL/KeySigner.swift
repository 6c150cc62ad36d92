/// One thread's context for signing with one private key.
final class KeySigner {
  let algorithm: Algorithm
  private let key: PrivateKey
  private let operation: Operation

  private enum Operation: ~Copyable {
    case digest(KeyContext)
    case message(MessageContext)
  }

  init(_ algorithm: Algorithm, _ key: PrivateKey) throws(JWAError) {
    self.algorithm = algorithm
    self.key = key
    if case .okp = key.kind {
      operation = .message(try .signing(with: key.handle))
    } else {
      operation = .digest(try KeyContext.signing(algorithm.scheme, with: key.handle))
    }
  }

  /// Appends the signature of a hash value (of the whole message for EdDSA).
  func sign(_ input: Span<UInt8>, into signature: inout OutputSpan<UInt8>) throws(JWAError) {
    guard case .ec(let curve) = key.kind else {
      return try unsafe signature.withUnsafeMutableBufferPointer { (buffer, initialized) throws(JWAError) in
        let free = unsafe UnsafeMutableBufferPointer(rebasing: buffer[initialized...])
        initialized += try unsafe sign(input, into: free)
      }
    }
    // P-521 needs most: two integers of 66 bytes with tag, length and sign byte, in a sequence of 3 bytes more.
    var der = InlineArray<144, UInt8>(repeating: 0)
    var room = der.mutableSpan
    let length = try unsafe room.withUnsafeMutableBufferPointer { (buffer) throws(JWAError) in
      try unsafe sign(input, into: buffer)
    }
    try ECDSASignature.append(der.span.extracting(first: length), curve.coordinateLength, to: &signature)
  }

  private func sign(
    _ input: Span<UInt8>, into buffer: UnsafeMutableBufferPointer<UInt8>
  ) throws(JWAError) -> Int {
    switch operation {
    case .digest(let context): try unsafe context.sign(input, into: buffer)
    case .message(let context): try unsafe context.sign(input, into: buffer)
    }
  }
}
