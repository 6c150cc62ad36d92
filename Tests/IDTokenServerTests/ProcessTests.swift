#if Server
import AsyncHTTPClient
import Foundation
import IDTokens
import JOSECore
import KeyRotation
import NIOCore
import TestSupport
import Testing

@testable import IDTokenServer

/// The command as a process: signals, and several on one ring.
@Suite(.serialized) struct ProcessTests {
  private func order(_ directory: String, _ clientID: String, contentLength: Bool = true) throws -> (
    String, String
  ) {
    let credential = try String(contentsOfFile: directory + "/till.credential", encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    var order = RunningIssuer.order
    order["clientId"] = .string(clientID)
    let body = order.description
    let head =
      "POST /session-token HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(credential)\r\n"
      + "Content-Type: application/json\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
    return (head, body)
  }

  private func token(_ issuer: IssuerProcess, _ directory: String, _ clientID: String) async throws
    -> String
  {
    let (head, body) = try order(directory, clientID)
    let connection = try RawConnection(port: issuer.port)
    connection.send(head + body)
    let answer = await connection.readToEnd()
    let start = try #require(answer.range(of: "\r\n\r\n")?.upperBound, "\(answer)")
    let bytes = Array(answer[start...].utf8)
    return try #require(try JSONObject(parsing: bytes.span)["token"]?.string, "\(answer)")
  }

  /// A request of which the issuer waits for the body.
  private func admitted(_ head: String, _ issuer: IssuerProcess) async throws -> RawConnection {
    let connection = try RawConnection(port: issuer.port)
    connection.send(head.replacing("\r\n\r\n", with: "\r\nExpect: 100-continue\r\n\r\n"))
    #expect(await connection.read().hasPrefix("HTTP/1.1 100 "))
    return connection
  }

  @Test("On SIGTERM the request in progress is finished, no other is accepted, and the status is 0")
  func terminated() async throws {
    let directory = try TemporaryDirectory()
    // With a limit of one request, another one is refused as soon as that is in progress.
    let issuer = try IssuerProcess(
      directory.path, port: IssuerProcess.freePort(), "--concurrent-requests", "1", "--request-timeout",
      "60")
    let (head, body) = try order(directory.path, "warehouse-app")
    let flying = try await admitted(head, issuer)
    flying.send(String(body.prefix(20)))
    let idle = try RawConnection(port: issuer.port)
    let other = try RawConnection(port: issuer.port)
    other.send("GET /.well-known/jwks.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    #expect(await other.readToEnd().hasPrefix("HTTP/1.1 503 "))
    issuer.terminate()
    try await eventually { (try? RawConnection(port: issuer.port)) == nil }
    #expect(await idle.readToEnd().isEmpty)
    flying.send(String(body.dropFirst(20)))
    let answer = await flying.readToEnd()
    #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains("\"token\""), "\(answer)")
    #expect(await issuer.status() == 0)
  }

  @Test("A request that isn't finished in the time of a shutdown is cut off", .timeLimit(.minutes(1)))
  func cutOff() async throws {
    let directory = try TemporaryDirectory()
    let issuer = try IssuerProcess(
      directory.path, port: IssuerProcess.freePort(), "--request-timeout", "3600", "--idle-timeout", "3600",
      "--shutdown-timeout", "1")
    let (head, body) = try order(directory.path, "warehouse-app")
    let stuck = try await admitted(head, issuer)
    stuck.send(String(body.prefix(20)))
    issuer.terminate()
    let heard = await stuck.readToEnd()
    #expect(heard.isEmpty, "\(heard)")
    _ = await issuer.status()
  }

  @Test(
    "A follower uses the keys that another process rotates, and continues when that is killed")
  func several() async throws {
    let directory = try TemporaryDirectory()
    let first = try IssuerProcess(directory.path, port: IssuerProcess.freePort())
    let second = try IssuerProcess(directory.path, port: IssuerProcess.freePort(), "--role", "follows")
    let third = try IssuerProcess(directory.path, port: IssuerProcess.freePort())
    let store = DirectoryStore(directory.path + "/ring")
    try await store.settle(store.existing().policy, .rotate([.es256]))
    let ring = try store.existing()
    let kid = try #require(ring.activeKey(for: .es256)?.keyID)
    let verifier = TokenVerifier(
      .jwkSet(try ring.jwks), audience: "warehouse-app", issuer: "https://id.example.com")
    for issuer in [first, second, third] {
      try await eventually {
        let token = try await token(issuer, directory.path, "warehouse-app")
        _ = try verifier.verify(token, at: WallClock.system.now)
        let header = try Base64URL.decode(String(token.prefix { $0 != "." }))
        return try JSONObject(parsing: header.span)["kid"]?.string == kid
      }
    }
    first.kill()
    #expect(await first.status() == 9)
    _ = try await token(second, directory.path, "warehouse-app")
    try await store.settle(store.existing().policy)
    second.terminate()
    third.terminate()
    let statuses = (await second.status(), await third.status())
    #expect(statuses.0 == 0 && statuses.1 == 0)
  }

  @Test("Idle connections up to the limit don't keep a revoked credential valid")
  func flooded() async throws {
    let directory = try TemporaryDirectory()
    let issuer = try IssuerProcess(directory.path, port: IssuerProcess.freePort(), openFiles: 128)
    let (head, body) = try order(directory.path, "loyalty-app")
    let early = try RawConnection(port: issuer.port)
    // More than it accepts, fewer than wait to be accepted without a word to the contrary.
    let idle = try (0..<150).map { _ in try RawConnection(port: issuer.port) }
    let editor = HostsFileEditor(directory.path + "/hosts.json")
    let hash = try #require(
      try editor.hosts().first?["credentials"]?.array?.first?.object?["sha256"]?.string)
    try editor.revoke(String(hash.prefix(12)), of: "till-1")
    // The file is read every second.
    try await Task.sleep(for: .seconds(4))
    early.send(head + body)
    #expect(await early.readToEnd().hasPrefix("HTTP/1.1 401 "))
    withExtendedLifetime(idle) {}
  }

  @Test("With 32 open files at the most, idle connections leave the ring readable and operators a way in")
  func fewFiles() async throws {
    let directory = try TemporaryDirectory()
    let operators = try IssuerProcess.freePort()
    let issuer = try IssuerProcess(
      directory.path, port: IssuerProcess.freePort(), openFiles: 32, "--operator-listen",
      "127.0.0.1:\(operators)")
    let idle = try (0..<60).map { _ in try RawConnection(port: issuer.port) }
    let idleOperators = try (0..<4).map { _ in try RawConnection(port: operators) }
    let store = DirectoryStore(directory.path + "/ring")
    try await store.settle(store.existing().policy, .rotate([.es256]))
    let epoch = try store.existing().epoch
    try await eventually {
      let answer = try await shell("curl -sS -m 5 http://127.0.0.1:\(operators)/readyz")
      return answer.contains("\"ready\"") && answer.contains("\"epoch\":\(epoch)")
    }
    withExtendedLifetime((idle, idleOperators)) {}
  }

  @Test("The lines that the demo prints work")
  func demoLines() async throws {
    let directory = try TemporaryDirectory()
    let issuer = try IssuerProcess(directory.path, port: IssuerProcess.freePort())
    let lines = issuer.greeting.split(separator: "\n").map(String.init)
    let (directories, commands) = (
      lines.filter { $0.hasPrefix("cd ") }, lines.filter { $0.hasPrefix("curl ") }
    )
    #expect(commands.count == 4 && lines.allSatisfy { $0.count <= 120 })
    for command in commands {
      let output = try await shell("\(try #require(directories.first)) && \(command)")
      #expect(
        output.contains(command.contains("jwks") ? "\"keys\":[" : "\"token\":\"ey"), "\(command): \(output)")
    }
  }
}

/// What a line of shell prints, its errors first.
func shell(_ line: String) async throws -> String {
  let outcome = try await ChildProcess.shell(line).outcome()
  return outcome.error + outcome.output
}
#endif
