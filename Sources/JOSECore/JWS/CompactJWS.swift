/// A JWS in compact serialization (RFC 7515 §7.1), taken apart and decoded but not verified.
package struct CompactJWS: Sendable {
  package let header: JWSHeader
  package let headerObject: JSONObject
  /// The decoded payload: JSON for a JWT.
  package let payload: [UInt8]
  package let signature: [UInt8]
  private let text: [UInt8]
  private let headerLength: Int
  private let signingInputLength: Int

  /// No ID token comes near this; what does is an attack on the parser.
  package static let maximumLength = 16 << 10

  package init(parsing token: String) throws(JOSEError) { try self.init(parsing: token) { _ in nil } }

  /// - Parameter known: the header of these encoded bytes, where they were parsed before.
  package init(
    parsing token: String, known: (Span<UInt8>) -> ParsedHeader?
  ) throws(JOSEError) {
    let text = Array(token.utf8)
    guard text.count <= Self.maximumLength else {
      throw .tokenTooLong(bytes: text.count, limit: Self.maximumLength)
    }
    let (first, second) = try Self.dots(text.span)
    let encodedHeader = text.span.extracting(first: first)
    let header = if let header = known(encodedHeader) { header } else { try ParsedHeader(encodedHeader) }
    (self.header, headerObject) = (header.header, header.object)
    payload = try Self.decode("payload", text.span.extracting((first + 1)..<second))
    signature = try Self.decode("signature", text.span.extracting((second + 1)...))
    (self.text, headerLength, signingInputLength) = (text, first, second)
  }

  /// A header's meaning, which its encoded bytes decide.
  package struct ParsedHeader: Sendable {
    let header: JWSHeader
    let object: JSONObject

    fileprivate init(_ encoded: Span<UInt8>) throws(JOSEError) {
      let bytes = try CompactJWS.decode("header", encoded)
      object = try CompactJWS.object("header", bytes.span)
      header = try JWSHeader(object)
    }

    package init(_ jws: CompactJWS) { (header, object) = (jws.header, jws.headerObject) }
  }

  package var encodedHeader: [UInt8] { Array(text[..<headerLength]) }

  /// The bytes that are signed: encoded header, dot, encoded payload (RFC 7515 §5.1 step 5).
  package func withSigningInput<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(text.span.extracting(first: signingInputLength))
  }

  /// The payload as the JSON object that RFC 7519 §7.2 step 10 asks for.
  package func claims() throws(JOSEError) -> JSONObject { try Self.object("payload", payload.span) }
}

extension CompactJWS {
  private static func dots(_ text: Span<UInt8>) throws(JOSEError) -> (Int, Int) {
    let dot = UInt8(ascii: ".")
    let count = text.count(of: dot)
    guard count == 2 else { throw .parts(count + 1) }
    var (first, last) = (0, text.count - 1)
    while text[first] != dot { first += 1 }
    while text[last] != dot { last -= 1 }
    return (first, last)
  }

  private static func decode(_ part: String, _ text: Span<UInt8>) throws(JOSEError) -> [UInt8] {
    do { return try Base64URL.decode(text) } catch { throw .encoding(part: part, error) }
  }

  private static func object(_ part: String, _ bytes: Span<UInt8>) throws(JOSEError) -> JSONObject {
    do { return try JSONObject(parsing: bytes) } catch { throw .json(part: part, error) }
  }
}

extension Span<UInt8> {
  /// How often a byte occurs, counted by eights.
  fileprivate func count(of byte: UInt8) -> Int {
    let (ones, lowBits): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x7f7f_7f7f_7f7f_7f7f)
    var (found, index) = (0, 0)
    while index &+ 8 <= count {
      let eight = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
      // Zero where the byte is; adding carries into the highest bit of all others, and over no border.
      let other = eight ^ ones &* UInt64(byte)
      let carried = (other & lowBits) &+ lowBits
      found &+= ((carried | other) & ~lowBits ^ ~lowBits).nonzeroBitCount
      index &+= 8
    }
    while index < count {
      if self[index] == byte { found &+= 1 }
      index &+= 1
    }
    return found
  }
}

extension CompactJWS: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The header alone: with the rest, a log line would be a credential.
  package var description: String { "CompactJWS(\(headerObject), <redacted>)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The JOSE header of a JWS (RFC 7515 §4), as far as it decides anything.
///
/// `jku`, `jwk`, `x5u` and `x5c` are read by nobody: a token doesn't bring the key that checks it (RFC 8725 §3.10).
package struct JWSHeader: Sendable, Hashable {
  package var algorithm: Algorithm
  package var keyID: String?
  package var type: String?

  package init(algorithm: Algorithm, keyID: String? = nil, type: String? = "JWT") {
    (self.algorithm, self.keyID, self.type) = (algorithm, keyID, type)
  }

  /// The header as it is signed: `alg`, `typ`, `kid`, in this order and without white space. One verifier in the field
  /// compares the encoded bytes of `{"alg":"HS256","typ":"JWT"}`.
  package var json: JSONObject {
    var object: JSONObject = ["alg": .string(algorithm.rawValue)]
    object["typ"] = type.map { .string($0) }
    object["kid"] = keyID.map { .string($0) }
    return object
  }
}

extension JWSHeader {
  /// Reads a header that came from outside.
  package init(_ object: JSONObject) throws(JOSEError) {
    guard let name = object["alg"] else { throw .header("it has no alg (RFC 7515 §4.1.1)") }
    guard let name = name.string else { throw .header("alg is \(name.typeName), not a string") }
    guard let algorithm = Algorithm(rawValue: name) else { throw .unsupportedAlgorithm(name) }
    // RFC 7515 §4.1.11: an extension that isn't understood makes the token invalid, and this implements none.
    if let critical = object["crit"] { throw .criticalHeader(critical.description) }
    self.algorithm = algorithm
    keyID = try object.text("kid")
    type = try object.text("typ")
  }
}

extension JSONObject {
  fileprivate func text(_ name: String) throws(JOSEError) -> String? {
    guard let value = self[name] else { return nil }
    guard let text = value.string else { throw .header("\(name) is \(value.typeName), not a string") }
    return text
  }
}
