import JOSECore
import TestSupport
import Testing

@Suite("Files with a secret in them")
struct SecretFileTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "one that only its owner and group can read is read", arguments: [0o600, 0o400, 0o640, 0o440] as [UInt32])
  func closed(_ permissions: UInt32) throws {
    let path = try directory.write("the secret\n", to: "secret", permissions: permissions)
    let secret = try SecretBytes(contentsOf: path)
    #expect(secret == SecretBytes(utf8: "the secret\n"))
  }

  @Test(
    "one that others can read, or the group can write, is refused with its mode",
    arguments: [0o644, 0o604, 0o666, 0o660, 0o620, 0o602, 0o601, 0o777] as [UInt32])
  func exposed(_ permissions: UInt32) throws {
    let path = try directory.write("the secret\n", to: "secret", permissions: permissions)
    let error = SecretFileError.exposed(path: path, permissions: permissions)
    #expect(throws: error) { try SecretBytes(contentsOf: path) }
    #expect(error.description.contains("(mode \(String(permissions, radix: 8)))"))
  }

  @Test("one that is missing, a directory or too large is refused with its path")
  func unreadable() throws {
    #expect(refusal { try SecretBytes(contentsOf: "/nowhere/secret") }?.contains("/nowhere/secret") == true)
    #expect(refusal { try SecretBytes(contentsOf: "/") } != nil)
    let path = try directory.write(String(repeating: "x", count: 101), to: "secret")
    let whole = try SecretBytes(contentsOf: path, limit: 101)
    #expect(whole.count == 101)
    #expect(refusal { try SecretBytes(contentsOf: path, limit: 100) }?.contains(path) == true)
  }
}
