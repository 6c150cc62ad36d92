#if Server
import Foundation
import JOSECore
import Logging
import TestSupport
import Testing

@testable import IDTokenServer

@Suite struct HostsFileSafetyTests {
  private func demo() throws -> (TemporaryDirectory, String) {
    let directory = try TemporaryDirectory()
    try DemoSetup(directory.path).make()
    return (directory, directory.path + "/hosts.json")
  }

  @Test("A hosts file that every user may write is refused")
  func writable() throws {
    let (directory, path) = try demo()
    try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: path)
    let error = #expect(throws: HostsFileError.self) { try HostRegistry(path) }
    #expect(try #require(error).description.contains("every user may write it; run chmod o-w"))
    withExtendedLifetime(directory) {}
  }

  @Test("A credential is revoked by its hash in capitals and with colons too")
  func revokeAsOpenSSLPrints() throws {
    let (directory, path) = try demo()
    let credential = try HostCredential()
    let editor = HostsFileEditor(path)
    try editor.addCredential(credential, to: "till-1")
    let digits = Array(credential.fingerprint.text.uppercased())
    let pairs = stride(from: 0, to: 64, by: 2).map { String(digits[$0..<($0 + 2)]) }
    let colons = pairs.joined(separator: ":")
    let text = try String(contentsOfFile: path, encoding: .utf8)
      .replacing(credential.fingerprint.text, with: colons)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    try editor.revoke(String(colons.prefix(23)), of: "till-1")
    #expect(try HostRegistry(path).credential(credential.fingerprint) == nil)
    withExtendedLifetime(directory) {}
  }

  @Test("Through a symbolic link the file it leads to is changed, under that file's lock, and the link stays")
  func revokeThroughLink() throws {
    let (directory, path) = try demo()
    let elsewhere = try TemporaryDirectory()
    let link = elsewhere["hosts.json"]
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    let credential = try HostCredential()
    let editor = HostsFileEditor(link)
    try editor.addCredential(credential, to: "till-1")
    #expect(try HostRegistry(path).credential(credential.fingerprint) != nil)
    try editor.revoke(String(credential.fingerprint.text.prefix(12)), of: "till-1")
    #expect(try HostRegistry(path).credential(credential.fingerprint) == nil)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
    #expect(try elsewhere.names() == ["hosts.json"])
    #expect(try directory.names().contains("hosts.json.lock"))
  }

  @Test(
    "A file that was refused for an outside cause is read once the cause ends, and the refusal is logged once"
  )
  func retried() async throws {
    let (directory, path) = try demo()
    struct Refused: Error {}
    let (attempts, log) = (Counter(), LogRecorder())
    let file = WatchedFile(path: path) { if attempts.next() < 6 { throw Refused() } }
    let watcher = WatchedFiles(
      files: [file], interval: .milliseconds(20), logger: Logger(label: "watch") { _ in log })
    let task = Task { try await watcher.run() }
    // Once more as long as it takes: the watcher may begin after the first change.
    try await eventually {
      if attempts.count == 0 {
        try (String(contentsOfFile: path, encoding: .utf8) + " ")
          .write(toFile: path, atomically: true, encoding: .utf8)
      }
      return attempts.count >= 6
    }
    try await eventually { log.entries.contains { $0.text == "read again" } }
    task.cancel()
    // A machine under load may change the file twice.
    #expect((1...2).contains(log.entries.filter { $0.level == .error }.count))
    withExtendedLifetime(directory) {}
  }
}
#endif
