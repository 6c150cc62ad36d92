#if Server
import AsyncHTTPClient
import Foundation
import IDTokens
import JOSECore
import KeyRotation
import Logging
import Metrics
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import IDTokenServer

/// An issuer on a port of its own of 127.0.0.1, over the demo's files in a directory of its own.
final class RunningIssuer: Sendable {
  let directory: String
  let port: Int
  /// `nil` where there are no operator's endpoints.
  let operatorPort: Int?
  let log: LogRecorder
  let clock: SteeredClock
  var url: String { "http://127.0.0.1:\(port)" }

  private init(
    _ directory: String, _ addresses: ListeningAddresses, _ log: LogRecorder, _ clock: SteeredClock
  ) {
    (self.directory, self.log, self.clock) = (directory, log, clock)
    (port, operatorPort) = (addresses.issuer.port ?? 0, addresses.operators?.port)
  }

  var credential: String {
    get throws { try text("till.credential") }
  }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: "\(directory)/\(name)", atomically: true, encoding: .utf8)
  }

  static func with(
    flags: [Setting: String] = [:], in directory: TemporaryDirectory? = nil,
    hooks: OperatorHooks = OperatorHooks(), metrics: any MetricsFactory = NOOPMetricsHandler.instance,
    prepare: (String) async throws -> Void = { _ in }, _ body: (RunningIssuer) async throws -> Void
  ) async throws {
    let directory = try directory ?? TemporaryDirectory()
    let demo = DemoSetup(directory.path)
    try demo.make()
    try await prepare(directory.path)
    let fixed: [Setting: String] = [.port: "0", .issuer: "https://id.example.com"]
    let settings = try Settings(
      flags: flags.merging(demo.settings) { given, _ in given }.merging(fixed) { given, _ in given })
    let (log, clock) = (LogRecorder(), SteeredClock())
    let (starts, listening) = AsyncStream.makeStream(of: ListeningAddresses.self)
    let service = try await IssuerService(
      IssuerConfiguration(settings), hooks: hooks, clock: clock.issuerClock, metrics: metrics,
      logger: Logger(label: "issuer") { _ in log }
    ) { listening.yield($0) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await service.run() }
      for await addresses in starts.prefix(1) {
        try await body(RunningIssuer(directory.path, addresses, log, clock))
      }
      group.cancelAll()
      // It ends because it is cancelled.
      try? await group.waitForAll()
    }
    withExtendedLifetime(directory) {}
  }
}

struct Answer {
  let status: UInt
  let headers: [String: String]
  let body: String

  func json() throws -> JSONObject { try JSONObject(parsing: Array(body.utf8).span) }
  var error: String? { (try? json())?["error"]?.string }
  var description: String { (try? json())?["error_description"]?.string ?? "" }
}

extension RunningIssuer {
  static let order: JSONObject = [
    "shop": "snow-devil.myshopify.com", "shopId": 1001, "userId": 42, "locationId": 5,
    "clientId": "loyalty-app",
  ]

  func request(
    _ method: String, _ path: String, _ headers: [String: String] = [:], body: String? = nil
  ) async throws -> Answer {
    try await request(method, url: url + path, headers, body: body)
  }

  /// At the operator's address.
  func operatorRequest(_ path: String, _ headers: [String: String] = [:]) async throws -> Answer {
    let port = try #require(operatorPort)
    return try await request("GET", url: "http://127.0.0.1:\(port)\(path)", headers)
  }

  private func request(
    _ method: String, url: String, _ headers: [String: String], body: String? = nil
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: url)
    request.method = .init(rawValue: method)
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let body { request.body = .bytes(ByteBuffer(string: body)) }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
    let bytes = try await response.body.collect(upTo: 8 << 20)
    let fields = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { "\($0), \($1)" }
    return Answer(status: response.status.code, headers: fields, body: String(buffer: bytes))
  }

  func post(
    _ body: String, to path: String = "/session-token", credential: String? = nil,
    _ headers: [String: String] = [:]
  ) async throws -> Answer {
    let standard = [
      "Authorization": "Bearer \(try credential ?? self.credential)", "Content-Type": "application/json",
    ]
    return try await request("POST", path, standard.merging(headers) { $1 }, body: body)
  }

  func order(_ changes: JSONObject = [:], credential: String? = nil) async throws -> Answer {
    var order = Self.order
    for member in changes.members { order[member.name] = member.value == .null ? nil : member.value }
    return try await post(order.description, credential: credential)
  }
}

extension ListeningAddress {
  var port: Int? { if case .tcp(_, let port) = self { port } else { nil } }
}

/// The system's time plus an offset that the test sets.
final class SteeredClock: Sendable {
  private let offset = Mutex<Int64>(0)

  func advance(by seconds: Int64) { offset.withLock { $0 += seconds } }

  var issuerClock: IssuerClock {
    IssuerClock(
      wall: WallClock { [self] in WallClock.system.now.advanced(by: offset.withLock { $0 }) },
      uptime: { [self] in .now() + .seconds(offset.withLock { $0 }) })
  }
}

final class LogRecorder: LogHandler {
  struct Entry {
    let level: Logger.Level
    let text: String
    let metadata: [String: String]
  }

  private let recorded = Mutex<[Entry]>([])
  var entries: [Entry] { recorded.withLock { $0 } }
  var refusals: [Entry] { entries.filter { $0.text == "refused" } }
  var text: String { entries.map { "\($0.text) \($0.metadata)" }.joined(separator: "\n") }

  func log(event: LogEvent) {
    let metadata = (event.metadata ?? [:]).mapValues { "\($0)" }
    recorded.withLock { $0.append(Entry(level: event.level, text: "\(event.message)", metadata: metadata)) }
  }

  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  var logLevel: Logger.Level {
    get { .trace }
    set {}
  }
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }
}
#endif
