import IDTokens
import JOSECore

/// A minted token, taken apart for the bare operation.
struct SampleToken {
  /// The signing input (RFC 7515 §5.1 step 5).
  let message: [UInt8]
  /// How much of it is the same in every token of the session.
  var prefixLength: Int
  let signature: [UInt8]

  init(_ token: String) throws {
    let jws = try CompactJWS(parsing: token)
    (message, signature) = (jws.withSigningInput { input in input.indices.map { input[$0] } }, jws.signature)
    // The times begin with exp; whole groups of three bytes before it are encoded alike in every token.
    guard let constant = String(decoding: jws.payload, as: UTF8.self).firstRange(of: "\"exp\":"),
      let dot = message.firstIndex(of: UInt8(ascii: "."))
    else { throw BenchmarkError.noTail }
    let bytes = String(decoding: jws.payload, as: UTF8.self)[..<constant.lowerBound].utf8.count
    prefixLength = dot + 1 + Base64URL.encodedLength(bytes / 3 * 3)
  }
}
