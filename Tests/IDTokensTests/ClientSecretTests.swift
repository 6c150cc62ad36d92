import IDTokens
import JOSECore
import TestSupport
import Testing

@Suite struct ClientSecretTests {
  @Test("A secret shorter than the hash is refused with its length (RFC 7518 §3.2)", arguments: [0, 1, 31])
  func short(count: Int) {
    let error = #expect(throws: IDTokenError.key(.secretTooShort(algorithm: .hs256, bytes: count))) {
      _ = try ClientSecret(String(repeating: "s", count: count))
    }
    #expect(error?.description.contains("the secret has \(count) bytes; HS256 needs 32 or more") == true)
  }

  @Test("32 visible characters and more are taken as they stand", arguments: [32, 33, 64, 65, 4096])
  func good(count: Int) throws {
    let secret = try ClientSecret(String(repeating: "s", count: count))
    #expect(secret.bytes.count == count)
    let token = try Sample.shopifyToken(secret: String(repeating: "s", count: count))
    #expect(
      try TokenVerifier(.secret(secret), audience: .unchecked, issuer: .anyShop).verify(token, at: Sample.now)
        .subject == "42")
  }

  @Test(
    "Whatever isn't visible ASCII is refused",
    arguments: [" ", "\t", "\n", "\r\n", "\u{0}", "\u{7f}", "é", "\u{feff}"])
  func unprintable(character: String) {
    for text in [Sample.secret + character, character + Sample.secret] {
      let error = #expect(throws: IDTokenError.unprintableSecret) { _ = try ClientSecret(text) }
      #expect(error?.description.contains("visible ASCII") == true)
    }
  }

  @Test("A file may have one line end behind the secret", arguments: ["", "\n", "\r\n"])
  func file(lineEnd: String) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(Sample.secret + lineEnd, to: "secret")
    #expect(try ClientSecret(contentsOf: path) == ClientSecret(Sample.secret))
  }

  @Test(
    "A file with more than the secret in it is refused by its path",
    arguments: ["\n\n", " \n", "\r", "\nsecond line\n"])
  func dirtyFile(end: String) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(Sample.secret + end, to: "secret")
    let error = #expect(throws: IDTokenError.self) { _ = try ClientSecret(contentsOf: path) }
    let reason = IDTokenError.unprintableSecret.description
    #expect(error == .secretInFile(path: path, reason: reason))
    #expect(error?.description.contains(path) == true)
  }

  @Test("An empty file holds no secret")
  func emptyFile() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("\n", to: "secret")
    let error = #expect(throws: IDTokenError.self) { _ = try ClientSecret(contentsOf: path) }
    #expect(error?.description.contains("\(path) is refused: the secret has 0 bytes") == true)
  }

  @Test(
    "A file that others can read or the group can write is refused, with what to do",
    arguments: [0o644, 0o604, 0o620, 0o602] as [UInt32])
  func exposed(permissions: UInt32) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(Sample.secret, to: "secret", permissions: permissions)
    let error = #expect(
      throws: IDTokenError.secretFile(.exposed(path: path, permissions: permissions))
    ) { _ = try ClientSecret(contentsOf: path) }
    #expect(error?.description.contains("chmod 600 \(path)") == true)
  }

  @Test(
    "A file that its group may read is taken: orchestrators mount secrets so",
    arguments: [0o400, 0o440, 0o640] as [UInt32])
  func groupReadable(permissions: UInt32) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(Sample.secret, to: "secret", permissions: permissions)
    #expect(try ClientSecret(contentsOf: path).bytes.count == 32)
  }

  @Test("A missing file, and a directory in its place, are named with what the system said")
  func missing() throws {
    let directory = try TemporaryDirectory()
    let path = directory["missing"]
    let error = #expect(throws: IDTokenError.self) { _ = try ClientSecret(contentsOf: path) }
    #expect(error?.description == "could not read \(path): No such file or directory")
    let other = #expect(throws: IDTokenError.self) { _ = try ClientSecret(contentsOf: directory.path) }
    #expect(other?.description.contains("Is a directory") == true)
  }
}
