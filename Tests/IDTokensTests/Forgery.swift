import JOSECore
import KeyRotation

/// Makes tokens that no issuer would make: any header and payload text, signed with any key.
enum Forgery {
  static func token(_ header: String, _ key: SigningKey, _ payload: String = claims()) throws -> String {
    let input = encode(header) + "." + encode(payload)
    return input + "." + encode(try signature(input, key))
  }

  /// HS256 under the sample secret, with a proper header: what is wrong is in the claims alone.
  static func shopify(_ payload: String) throws -> String {
    try token(#"{"alg":"HS256","typ":"JWT"}"#, secretKey(), payload)
  }

  static func secretKey(_ secret: String = Sample.secret) throws -> SigningKey {
    try SigningKey(.hs256, secret: SecretBytes(utf8: secret))
  }

  static func signature(_ input: String, _ key: SigningKey) throws -> [UInt8] {
    var signer = try Signer()
    let bytes = Array(input.utf8)
    return try [UInt8](capacity: key.signatureLength) { (output) throws(JOSEError) in
      try signer.sign(bytes.span, with: key, into: &output)
    }
  }

  static func encode(_ bytes: [UInt8]) -> String { Base64URL.encode(bytes.span) }

  static func encode(_ text: String) -> String { encode(Array(text.utf8)) }

  /// The claims of a sample token as JSON text. A change replaces a claim's raw JSON, adds it, or removes it (`nil`).
  static func claims(_ changes: KeyValuePairs<String, String?> = [:]) -> String {
    var members = standard
    for change in changes {
      let index = members.firstIndex { $0.name == change.key } ?? members.endIndex
      members.removeSubrange(index..<min(index + 1, members.endIndex))
      if let json = change.value { members.insert((change.key, json), at: index) }
    }
    return "{" + members.map { #""\#($0.name)":\#($0.json)"# }.joined(separator: ",") + "}"
  }

  private static var standard: [(name: String, json: String)] {
    let now = Sample.now.secondsSinceEpoch
    return [
      ("iss", #""https://\#(Sample.shop)/admin""#), ("dest", #""https://\#(Sample.shop)""#),
      ("aud", #""\#(Sample.clientID)""#), ("sub", #""42""#), ("sid", #""\#(Sample.sessionID)""#),
      ("exp", "\(now + 60)"), ("nbf", "\(now)"), ("iat", "\(now)"),
      ("jti", #""6f8f0f3e-6f0a-4a52-9d5e-5b1f4f0f3a10""#),
    ]
  }
}
