import Foundation
import IDTokens
import JOSECore
import Logging
import NIOCore
import Synchronization
import SystemSupport
import TestSupport

@testable import IDTokenServer

/// The issuer without sockets, threads and a time of its own: an input does the same each time.
struct Issuer {
  static let shared: Issuer = {
    do { return try Issuer() } catch { fatalError("no issuer: \(error)") }
  }()

  static let credential = "fuzz-credential"
  static let otherCredential = "other-credential"
  static let operatorCredential = "fuzz-operator-credential-of-32-bytes"
  static let url = "https://id.example.com"
  static let now = NumericDate(1_800_000_000)
  static let bodyLimit = 2048
  static let headerLimit = 1024

  let http: HTTPService
  let secret: ClientSecret

  private init() throws {
    Jobs.takeOver()
    let directory = try TemporaryDirectory()
    let demo = DemoSetup(directory.path)
    try demo.make()
    try directory.write(Self.apps, to: "apps.json")
    try directory.write(Self.hosts(), to: "hosts.json")
    try directory.write(Self.operatorCredential, to: "operator.credential")
    secret = try ClientSecret(contentsOf: directory["loyalty-app.secret"])
    let fixed: [Setting: String] = [
      .port: "0", .issuer: Self.url, .operatorCredentialFile: directory["operator.credential"],
      .bodyLimit: "\(Self.bodyLimit)", .headerLimit: "\(Self.headerLimit)",
      // A connection asks for one answer at a time: a second one at once would be one that was never given up.
      .concurrentRequests: "1",
    ]
    let configuration = try IssuerConfiguration(Settings(flags: demo.settings.merging(fixed) { $1 }))
    nonisolated(unsafe) var made: Result<IssuerService, any Error>?
    Task {
      let metrics = PrometheusMetrics()
      do {
        made = .success(
          try await IssuerService(
            configuration, hooks: .standard(metrics, role: configuration.role), clock: Time.clock,
            metrics: metrics, logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }))
      } catch { made = .failure(error) }
    }
    // The files are read by other threads.
    while made == nil {
      Jobs.run()
      usleep(100)
    }
    guard let http = try made?.get().parts.compactMap({ $0 as? HTTPService }).first else {
      fatalError("the issuer has no HTTP service")
    }
    self.http = http
    withExtendedLifetime(directory) {}
  }

  private static let apps = """
    {"apps": [
      {"client_id": "loyalty-app", "id_token_signed_response_alg": "HS256", "client_secret_file": "loyalty-app.secret"},
      {"client_id": "warehouse-app", "id_token_signed_response_alg": "ES256"}
    ], "permissions": [
      {"shop": "snow-devil.myshopify.com", "user": 42, "client_id": "loyalty-app"},
      {"shop": "snow-devil.myshopify.com", "user": 42, "client_id": "warehouse-app"},
      {"shop": "shop.example.com", "user": 42, "client_id": "loyalty-app"},
      {"shop": "shop.example.com", "user": 9223372036854775807, "client_id": "warehouse-app"}
    ]}
    """

  /// The second one has little to ask for, and may not ask often.
  private static func hosts() throws -> String {
    """
    {"hosts": [
      {"name": "till-1", "credentials": [{"sha256": "\(try digest(credential))"}], "shops": ["*"], "apps": ["*"],
       "rate": {"per_second": 1000000, "burst": 1000000}},
      {"name": "till-2", "credentials": [{"sha256": "\(try digest(otherCredential))"}],
       "shops": ["snow-devil.myshopify.com"], "apps": ["loyalty-app"], "rate": {"per_second": 1, "burst": 2}}
    ]}
    """
  }

  private static func digest(_ text: String) throws -> String {
    let bytes = Array(text.utf8)
    return try Fingerprint(of: bytes.span).text
  }
}

/// What the issuer takes for the time. Each input begins long after the one before it, when the hosts may ask again.
enum Time {
  nonisolated(unsafe) private static var start = NIODeadline.now()
  nonisolated(unsafe) static var ofConnection = NIODeadline.uptimeNanoseconds(0)

  static let clock = IssuerClock(wall: .fixed(Issuer.now)) {
    start + .nanoseconds(Int64(ofConnection.uptimeNanoseconds))
  }

  static func nextInput() { start = start + .hours(3) }
}

/// Runs the tasks that Swift's threads would run, on the only thread.
enum Jobs {
  private static let waiting = Mutex<[UnownedJob]>([])
  private static let executor = OnlyThread()

  private final class OnlyThread: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) { Jobs.add(UnownedJob(job)) }
  }

  /// As SwiftNIO does it, in `unsafeTryInstallSingletonPosixEventLoopGroupAsConcurrencyGlobalExecutor`.
  static func takeOver() {
    typealias Hook = @convention(thin) (UnownedJob, @convention(thin) (UnownedJob) -> Void) -> Void
    guard let hook = dlsym(dlopen(nil, RTLD_NOW), "swift_task_enqueueGlobal_hook") else {
      fatalError("this version of Swift has other names for what runs its tasks")
    }
    hook.assumingMemoryBound(to: Hook.self).initialize(to: { job, _ in Jobs.add(job) })
  }

  private static func add(_ job: UnownedJob) { waiting.withLock { $0.append(job) } }

  static var areWaiting: Bool { waiting.withLock { !$0.isEmpty } }

  static func run() {
    while let job = waiting.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
      job.runSynchronously(on: executor.asUnownedTaskExecutor())
    }
  }
}
