import JOSECore
import TestSupport
import Testing

@Suite("base64url without padding (RFC 7515 §2)")
struct Base64URLTests {
  @Test(
    "encodes and decodes the vectors of RFC 4648 §10 and RFC 7515 appendix C",
    arguments: [
      ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
      ("foobar", "Zm9vYmFy"),
    ])
  func vectors(_ text: String, _ encoded: String) throws {
    #expect(Array(text.utf8).base64URL == encoded)
    #expect(try Base64URL.decode(encoded) == Array(text.utf8))
  }

  @Test("uses - and _ where base64 has + and /")
  func alphabet() throws {
    #expect([3, 236, 255, 224, 193].base64URL == "A-z_4ME")
    #expect([0xfb, 0xff].base64URL == "-_8")
    #expect(try Base64URL.decode("A-z_4ME") == [3, 236, 255, 224, 193])
  }

  @Test("gives back random bytes of every length, in as many characters as announced", arguments: 0...300)
  func roundTrip(_ count: Int) throws {
    var generator = SeededGenerator(seed: UInt64(count))
    for _ in 0..<5 {
      let bytes = generator.bytes(count)
      let text = bytes.base64URL
      #expect(text.utf8.count == Base64URL.encodedLength(count))
      #expect(try Base64URL.decode(text) == bytes)
    }
  }

  @Test("every text that decodes is the one its bytes encode to: no two texts for the same bytes")
  func canonical() {
    let characters = Array("ABQgwxyz0189-_".utf8)
    var generator = SeededGenerator(seed: 4648)
    var (taken, refused) = (0, 0)
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...9, using: &generator)
      let text = String(
        decoding: (0..<count).compactMap { _ in characters.randomElement(using: &generator) }, as: UTF8.self)
      guard let bytes = try? Base64URL.decode(text) else {
        refused += 1
        continue
      }
      taken += 1
      #expect(bytes.base64URL == text)
    }
    #expect(taken > 1000 && refused > 1000, "one of the two was hardly tried")
  }

  @Test("of the last characters that decode to the same byte only one is taken")
  func strayBits() {
    let all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    #expect(all.count { (try? Base64URL.decode("A\($0)")) != nil } == 4)
    #expect(all.count { (try? Base64URL.decode("AA\($0)")) != nil } == 16)
    #expect(all.count { (try? Base64URL.decode("AAA\($0)")) != nil } == 64)
    #expect(throws: JOSEError.strayBits) { try Base64URL.decode("Zh") }
    #expect(throws: JOSEError.strayBits) { try Base64URL.decode("Zm9vYmF_") + Base64URL.decode("Zm9") }
  }

  @Test("every byte outside the alphabet is refused at its position", arguments: 0...255)
  func characters(_ byte: Int) throws {
    let byte = UInt8(byte)
    let isLetter = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8).contains(
      byte)
    for position in 0..<8 {
      var text = Array("AAAAAAAA".utf8)
      text[position] = byte
      if isLetter {
        #expect(try decode(text).base64URL == String(decoding: text, as: UTF8.self))
      } else {
        #expect(throws: JOSEError.invalidCharacter(byte, position: position)) { try decode(text) }
      }
    }
  }

  @Test(
    "padding, plain base64, white space and NUL are refused",
    arguments: [
      ("Zg==", 0x3d, 2), ("Zm8=", 0x3d, 3), ("Zm9v====", 0x3d, 4), ("+/+/", 0x2b, 0), ("AAA/", 0x2f, 3),
      ("Zm9v\nZm9", 0x0a, 4), ("Zm9vYg\n", 0x0a, 6), (" Zm9", 0x20, 0), ("Zm9vYm\t", 0x09, 6),
      ("Zm\09", 0, 2),
      ("Zm9v\r\nZm", 0x0d, 4), ("éAA", 0xc3, 0), ("Zm9v.Zm", 0x2e, 4), ("Zm9%", 0x25, 3),
    ] as [(String, UInt8, Int)])
  func strict(_ text: String, _ byte: UInt8, _ position: Int) {
    #expect(throws: JOSEError.invalidCharacter(byte, position: position)) { try Base64URL.decode(text) }
  }

  @Test(
    "a length that no bytes have is refused", arguments: ["A", "AAAAA", "A====", "Zm9vZ", "=", "AAAAAAAAA"])
  func length(_ text: String) {
    #expect(throws: JOSEError.impossibleLength(text.utf8.count)) { try Base64URL.decode(text) }
  }

  @Test(
    "each refusal says what is wrong",
    arguments: [
      ("A", "1 characters can't be base64url"),
      ("AA=A", "byte 0x3d at position 2 is not in the base64url alphabet"),
      ("AB", "the last base64url character has bits that belong to no byte"),
    ])
  func reason(_ text: String, _ reason: String) { #expect(refusal { try Base64URL.decode(text) } == reason) }

  private func decode(_ text: [UInt8]) throws -> [UInt8] { try Base64URL.decode(text.span) }
}
