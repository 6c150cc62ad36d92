public import JSON

/// A JWS in compact serialization (RFC 7515 §7.1), taken apart and decoded but not verified.
public struct CompactJWS: Sendable {
  public let header: JWSHeader
  public let headerObject: JSONObject
  /// The decoded payload: JSON for a JWT.
  public let payload: [UInt8]
  public let signature: [UInt8]
  private let text: [UInt8]
  private let signingInputLength: Int

  /// No ID token comes near this; what does is an attack on the parser.
  public static let maximumLength = 16 << 10

  public init(parsing token: String) throws(JWSError) {
    let text = Array(token.utf8)
    guard text.count <= Self.maximumLength else {
      throw .tooLong(bytes: text.count, limit: Self.maximumLength)
    }
    let dots = text.indices.filter { text[$0] == UInt8(ascii: ".") }
    guard dots.count == 2 else { throw .parts(dots.count + 1) }
    let header = try Self.decode("header", text.span.extracting(..<dots[0]))
    headerObject = try Self.object("header", header.span)
    self.header = try JWSHeader(headerObject)
    payload = try Self.decode("payload", text.span.extracting((dots[0] + 1)..<dots[1]))
    signature = try Self.decode("signature", text.span.extracting((dots[1] + 1)...))
    (self.text, signingInputLength) = (text, dots[1])
  }

  /// The bytes that are signed: encoded header, dot, encoded payload (RFC 7515 §5.1 step 5).
  public func withSigningInput<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(text.span.extracting(first: signingInputLength))
  }

  /// The payload as the JSON object that RFC 7519 §7.2 step 10 asks for.
  public func claims() throws(JWSError) -> JSONObject { try Self.object("payload", payload.span) }

  private static func decode(_ part: String, _ text: Span<UInt8>) throws(JWSError) -> [UInt8] {
    do { return try Base64URL.decode(text) } catch { throw .encoding(part: part, error) }
  }

  private static func object(_ part: String, _ bytes: Span<UInt8>) throws(JWSError) -> JSONObject {
    do { return try JSONObject(parsing: bytes) } catch { throw .json(part: part, error) }
  }
}

extension CompactJWS: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The header alone: with the rest, a log line would be a credential.
  public var description: String { "CompactJWS(\(headerObject), <redacted>)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
