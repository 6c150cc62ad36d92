#if Server
import IDTokenServer
import JOSECore
import KeyRotation
import Logging
import ServiceLifecycle
import ServiceLifecycleTestKit
import TestSupport
import Testing

@Suite struct KeyRotationServiceTests {
  private let log = LogRecorder()
  private let clock = WallClock.fixed(NumericDate(1_800_000_000))
  private let policy = RotationPolicy.standard.with([.es256])

  private func rotator(_ store: MemoryStore) async throws -> KeyRotator {
    let logger = Logger(label: "rotation") { [log] _ in log }
    let ring = KeyRing(
      try #require(try await store.snapshot()), store: store, clock: clock, confirmedAt: clock.now)
    return KeyRotator(ring, logger: logger)
  }

  @Test("A rotator in a service group takes the pending step, logs it, and ends with the group")
  func endsWithItsGroup() async throws {
    let store = try MemoryStore(policy, at: clock.now.advanced(by: -31 * 86_400))
    let rotator = try await rotator(store)
    let service = KeyRotationService(rotator)
    try await testGracefulShutdown { shutdown in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await service.run() }
        await store.reach(commits: 1)
        shutdown.triggerGracefulShutdown()
        try await group.waitForAll()
      }
    }
    #expect(rotator.ring.current.ring.keys(.retired).count == 1)
    let retired = try #require(log.entries.first { $0.text.hasPrefix("retired ES256 ") })
    #expect(retired.level == .notice && retired.metadata["epoch"] == "2")
  }

  @Test("The changes of another process are logged when this one reads them, as that process's")
  func followed() async throws {
    let store = try MemoryStore(policy, at: clock.now.advanced(by: -8 * 86_400))
    let rotator = try await rotator(store)
    try await store.settle(policy, clock: clock, .rotate([.es256]))
    let kid = try #require(rotator.ring.current.ring.activeKey(for: .es256)?.keyID)
    _ = try await store.step(policy, at: clock.now, .revoke(keyID: kid, reason: "stolen"))
    await rotator.cycle()
    let revoked = try #require(log.entries.first { $0.text == "revoked ES256 \(kid): stolen" })
    #expect(revoked.level == .warning && revoked.metadata["by"] == "another process")
    #expect(log.entries.contains { $0.text.hasPrefix("activated ES256 ") && $0.metadata["by"] != nil })
    let count = log.entries.count
    await rotator.cycle()
    #expect(log.entries.count == count)
  }

  @Test("A failure is logged as an error, with the time at which signing ends")
  func failure() async throws {
    let store = try MemoryStore(policy, at: clock.now)
    let rotator = try await rotator(store)
    store.fail(.noRing)
    await rotator.cycle()
    let entry = try #require(log.entries.last)
    #expect(entry.level == .error && entry.text.contains("the store holds no key ring"))
    #expect(entry.metadata["signsUntil"] == "2027-01-15T08:05:00Z")
  }

  @Test("Events that need attention are warnings, and a renewed reservation is a debug line")
  func levels() {
    let logger = Logger(label: "rotation") { [log] _ in log }
    let events: [RingEvent] = [
      .revoked(keyID: "k", .es256, reason: "stolen"), .activatedEarly(keyID: "k", .es256, until: nil),
      .reserved(keyID: "k", until: clock.now), .published(keyID: "k", .es256),
    ]
    for event in events { event.log(to: logger, epoch: 7) }
    #expect(log.entries.map(\.level) == [.warning, .warning, .debug, .notice])
    #expect(log.entries.map(\.text) == events.map(\.description))
  }
}
#endif
