import Foundation
import JOSECore
import Testing

@Suite("Files with a secret in them")
struct SecretFileTests {
  private func withFile<Result>(
    _ contents: String, permissions: Int, _ body: (String) throws -> Result
  ) throws -> Result {
    let path = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID().uuidString)").path
    try #require(FileManager.default.createFile(atPath: path, contents: Data(contents.utf8)))
    defer { try? FileManager.default.removeItem(atPath: path) }
    try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
    return try body(path)
  }

  @Test("one that only its owner and group can read is read", arguments: [0o600, 0o400, 0o640, 0o440])
  func closed(_ permissions: Int) throws {
    try withFile("the secret\n", permissions: permissions) { (path: String) throws in
      let secret = try SecretBytes(contentsOf: path)
      #expect(secret == SecretBytes(utf8: "the secret\n"))
    }
  }

  @Test(
    "one that others can read, or the group can write, is refused with its mode",
    arguments: [0o644, 0o604, 0o666, 0o660, 0o620, 0o602, 0o601, 0o777])
  func exposed(_ permissions: Int) throws {
    try withFile("the secret\n", permissions: permissions) { (path: String) throws in
      let error = SecretFileError.exposed(path: path, permissions: UInt32(permissions))
      #expect(throws: error) { try SecretBytes(contentsOf: path) }
      #expect(error.description.contains("(mode \(String(permissions, radix: 8)))"))
    }
  }

  @Test("one that is missing, a directory or too large is refused with its path")
  func unreadable() throws {
    #expect(refusal { try SecretBytes(contentsOf: "/nowhere/secret") }?.contains("/nowhere/secret") == true)
    #expect(refusal { try SecretBytes(contentsOf: "/") } != nil)
    try withFile(String(repeating: "x", count: 101), permissions: 0o600) { (path: String) throws in
      let whole = try SecretBytes(contentsOf: path, limit: 101)
      #expect(whole.count == 101)
      #expect(refusal { try SecretBytes(contentsOf: path, limit: 100) }?.contains(path) == true)
    }
  }
}
