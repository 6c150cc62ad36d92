import JOSECore
import Testing

@Suite("SecretBytes")
struct SecretBytesTests {
  @Test("takes over its source and leaves it empty")
  func wipes() {
    var source = Array("a secret".utf8)
    let secret = SecretBytes(wiping: &source)
    #expect(source.isEmpty)
    #expect(secret.count == 8)
    #expect(secret.text == "a secret")
  }

  @Test("holds no bytes at all without trouble")
  func empty() {
    var source: [UInt8] = []
    let secret = SecretBytes(wiping: &source)
    #expect(secret.count == 0)
    #expect(secret == SecretBytes(utf8: ""))
    let isEmpty = secret.withBytes { $0.isEmpty }
    #expect(isEmpty)
  }

  @Test("equals what has the same bytes, and nothing that differs in one bit or in length")
  func equality() {
    let bytes = Array("the same bytes in both".utf8)
    #expect(SecretBytes(bytes) == SecretBytes(bytes))
    for index in bytes.indices {
      for bit in 0..<8 {
        #expect(SecretBytes(bytes) != SecretBytes(bytes.changing(at: index, by: 1 << UInt8(bit))))
      }
    }
    #expect(SecretBytes(bytes) != SecretBytes(bytes + [0]))
    #expect(SecretBytes(bytes) != SecretBytes(bytes.dropLast()))
    #expect(SecretBytes(bytes) != SecretBytes([]))
  }

  @Test(
    "loses one line end and nothing else",
    arguments: [
      ("secret", "secret"), ("secret\n", "secret"), ("secret\r\n", "secret"), ("secret\n\n", "secret\n"),
      ("secret\r", "secret\r"), ("secret \n", "secret "), ("\n", ""), ("\r\n", ""), ("", ""), ("\r", "\r"),
    ])
  func lineEnd(_ text: String, _ expected: String) {
    #expect(SecretBytes(utf8: text).withoutLineEnd() == SecretBytes(utf8: expected))
  }

  @Test("passes the error of its reader on")
  func readerFails() {
    let error = JOSEError.invalidKey("mine")
    let text = refusal {
      try SecretBytes(utf8: "x").withBytes { (_: Span<UInt8>) throws(JOSEError) -> Int in throw error }
    }
    #expect(text == error.description)
  }
}
