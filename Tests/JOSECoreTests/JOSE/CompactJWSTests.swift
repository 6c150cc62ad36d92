import JOSECore
import TestSupport
import Testing

@Suite("Compact serialization (RFC 7515 §7.1)")
struct CompactJWSTests {
  static let header = #"{"alg":"HS256","typ":"JWT"}"#.base64URL
  static let payload = #"{"iss":"joe"}"#.base64URL
  static let token = "\(header).\(payload).c2ln"

  private func encoded(header: String, payload: String = "{}", signature: String = "") -> String {
    "\(header.base64URL).\(payload.base64URL).\(signature.base64URL)"
  }

  @Test("is taken apart into header, payload, signature and signing input")
  func parts() throws {
    let token = try CompactJWS(parsing: Self.token)
    #expect(token.header == JWSHeader(algorithm: .hs256))
    #expect(token.headerObject == ["alg": "HS256", "typ": "JWT"])
    #expect(token.payload == Array(#"{"iss":"joe"}"#.utf8))
    #expect(token.signature == Array("sig".utf8))
    let input = token.withSigningInput { bytes in String(decoding: bytes.map { $0 }, as: UTF8.self) }
    #expect(input == "\(Self.header).\(Self.payload)")
    #expect(try token.claims() == ["iss": "joe"])
  }

  @Test(
    "of 1, 2, 4, 5 or many parts is refused by their number",
    arguments: [
      ("", 1), ("a", 1), (".", 2), ("a.b", 2), ("...", 4), ("a.b.c.d", 4), ("a.b.c.d.e", 5), ("....", 5),
      (String(repeating: ".", count: 16384), 16385),
    ])
  func count(_ text: String, _ parts: Int) {
    #expect(throws: JOSEError.parts(parts)) { try CompactJWS(parsing: text) }
  }

  @Test("with one part more or less than a good token is refused")
  func oneMore() {
    #expect(throws: JOSEError.parts(4)) { try CompactJWS(parsing: Self.token + ".") }
    #expect(throws: JOSEError.parts(4)) { try CompactJWS(parsing: "." + Self.token) }
    #expect(throws: JOSEError.parts(2)) { try CompactJWS(parsing: "\(Self.header).\(Self.payload)") }
  }

  @Test("says how many parts it has, wherever the dots are", arguments: 0...40)
  func countsParts(index: Int) {
    var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 41)
    bytes[index] = UInt8(ascii: ".")
    #expect(throws: JOSEError.parts(2)) { try CompactJWS(parsing: String(decoding: bytes, as: UTF8.self)) }
    // What differs from a dot in one bit is none.
    for bit in 0..<7 {
      bytes[index] = UInt8(ascii: ".") ^ 1 << UInt8(bit)
      #expect(throws: JOSEError.parts(1)) { try CompactJWS(parsing: String(decoding: bytes, as: UTF8.self)) }
    }
  }

  @Test("with an empty header is refused, for that is no JSON", arguments: ["..", ".e30.c2ln"])
  func emptyHeader(_ text: String) throws {
    let reason = try #require(refusal { try CompactJWS(parsing: text) })
    #expect(reason.hasPrefix("the token's header is refused: malformed JSON at byte 0"))
  }

  @Test("with an empty payload or signature is read, and its claims are refused")
  func emptyParts() throws {
    let token = try CompactJWS(parsing: "\(Self.header)..")
    #expect(token.payload.isEmpty)
    #expect(token.signature.isEmpty)
    #expect(
      refusal { try token.claims() }?.hasPrefix("the token's payload is refused: malformed JSON") == true)
  }

  @Test(
    "with padding, white space or stray bits in a part is refused with the part's name",
    arguments: [
      ("header", "\(header)=.e30.c2ln"), ("header", " \(header).e30.c2ln"),
      ("payload", "\(header).e30=.c2ln"),
      ("payload", "\(header).e3 0.c2ln"), ("payload", "\(header).e31.c2ln"), ("signature", "\(token)\n"),
      ("signature", "\(token)="), ("signature", "\(header).e30.AB"), ("signature", "\(header).e30.+/"),
      ("signature", "\(header).e30.c2l\u{301}n"), ("signature", "\(header).e30.A"), ("header", "A.B.C"),
    ])
  func encoding(_ part: String, _ text: String) throws {
    let reason = try #require(refusal { try CompactJWS(parsing: text) })
    #expect(reason.hasPrefix("the token's \(part) is not base64url: "), "\(reason)")
  }

  @Test("of 16 KiB is taken and of one byte more refused")
  func length() throws {
    let head = "\(Self.header).e30."
    // Whole groups of 4 characters, so that the length is one that bytes can have.
    let capacity = CompactJWS.maximumLength - head.utf8.count
    let payload = String(repeating: "A", count: capacity - capacity % 4)
    #expect(try CompactJWS(parsing: head + payload).signature.count == payload.count / 4 * 3)
    let long = String(repeating: "A", count: CompactJWS.maximumLength + 1)
    let error = JOSEError.tokenTooLong(bytes: 16385, limit: 16384)
    #expect(throws: error) { try CompactJWS(parsing: long) }
    #expect(error.description == "the token has 16385 bytes; 16384 is the most")
    #expect(throws: JOSEError.tokenTooLong(bytes: 10_000_000, limit: 16384)) {
      try CompactJWS(parsing: String(repeating: ".", count: 10_000_000))
    }
  }

  @Test(
    "with a header that is no object is refused by what it is",
    arguments: [("[]", "an array"), ("\"HS256\"", "a string"), ("1", "an integer"), ("null", "null")])
  func headerKind(_ header: String, _ kind: String) {
    #expect(throws: JOSEError.json(part: "header", .notAnObject(found: kind))) {
      try CompactJWS(parsing: encoded(header: header))
    }
  }

  @Test(
    "with claims that are no object is refused when they are asked for",
    arguments: [("[]", "an array"), ("\"joe\"", "a string"), ("1", "an integer")])
  func claimsKind(_ payload: String, _ kind: String) throws {
    let token = try CompactJWS(parsing: encoded(header: #"{"alg":"HS256"}"#, payload: payload))
    #expect(throws: JOSEError.json(part: "payload", .notAnObject(found: kind))) { try token.claims() }
  }

  @Test("with a member twice in header or claims is refused (RFC 7515 §5.2 step 4)")
  func duplicates() throws {
    for header in [#"{"alg":"HS256","alg":"none"}"#, #"{"alg":"HS256","\u0061lg":"none"}"#] {
      let reason = try #require(refusal { try CompactJWS(parsing: encoded(header: header)) })
      #expect(reason.contains("duplicate object key"))
    }
    let token = try CompactJWS(
      parsing: encoded(header: #"{"alg":"HS256"}"#, payload: #"{"sub":"1","sub":"2"}"#))
    #expect(refusal { try token.claims() }?.contains("duplicate object key") == true)
  }

  @Test("that is deep or holds NUL is refused")
  func hostile() throws {
    let deep = #"{"alg":"HS256","a":"# + String(repeating: "[", count: 5000)
    #expect(throws: JOSEError.json(part: "header", .tooDeep(limit: 16))) {
      try CompactJWS(parsing: encoded(header: deep))
    }
    let nul = try #require(refusal { try CompactJWS(parsing: encoded(header: "{\"alg\":\"HS256\"}\0")) })
    #expect(nul.contains("NUL byte"))
  }

  @Test("with alg none is refused before anything is done with it")
  func none() {
    #expect(throws: JOSEError.unsupportedAlgorithm("none")) {
      try CompactJWS(parsing: "eyJhbGciOiJub25lIn0.\(Self.payload).")
    }
  }

  @Test("an encrypted token (JWE) is refused as one of 5 parts")
  func encrypted() {
    let reason = refusal { try CompactJWS(parsing: "eyJhbGciOiJkaXIifQ..AAAA.BBBB.CCCC") }
    #expect(reason == "a compact JWS has 3 parts between dots, this has 5 (RFC 7515 §7.1)")
  }

  @Test("that is random or damaged gives an error or a token, and no crash")
  func fuzz() {
    var generator = SeededGenerator(seed: 7515)
    let characters = Array("eyJhbGciOiJIUzI1NiJ9.-_=. \n".utf8)
    let good = Array(Self.token.utf8)
    var taken = 0
    for _ in 0..<20_000 {
      var bytes = good
      for _ in 0...Int.random(in: 0...2, using: &generator) {
        let index = Int.random(in: bytes.indices, using: &generator)
        let character = characters.randomElement(using: &generator) ?? 0x2e
        if Bool.random(using: &generator) {
          bytes[index] = character
        } else {
          bytes.insert(character, at: index)
        }
      }
      if (try? CompactJWS(parsing: String(decoding: bytes, as: UTF8.self))) != nil { taken += 1 }
    }
    #expect(taken > 0, "nothing was taken, so only refusals were tried")
  }
}
