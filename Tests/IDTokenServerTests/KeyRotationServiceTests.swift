#if Server
import IDTokenServer
import JOSECore
import KeyRotation
import Logging
import ServiceLifecycle
import ServiceLifecycleTestKit
import Synchronization
import Testing

@Suite struct KeyRotationServiceTests {
  private let log = LogRecorder()
  private let clock = WallClock.fixed(NumericDate(1_800_000_000))

  private func rotator(_ store: OneRing) async throws -> KeyRotator {
    let logger = Logger(label: "rotation") { [log] _ in log }
    let ring = KeyRing(
      try #require(try await store.snapshot()), store: store, clock: clock, confirmedAt: clock.now)
    return KeyRotator(ring, logger: logger)
  }

  @Test("A rotator in a service group takes the pending step, logs it, and ends with the group")
  func endsWithItsGroup() async throws {
    let store = try OneRing(at: clock.now.advanced(by: -31 * 86_400))
    let rotator = try await rotator(store)
    let service = KeyRotationService(rotator)
    try await testGracefulShutdown { shutdown in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await service.run() }
        for await _ in store.commits.prefix(1) {}
        shutdown.triggerGracefulShutdown()
        try await group.waitForAll()
      }
    }
    #expect(rotator.ring.current.ring.keys(.retired).count == 1)
    let retired = try #require(log.entries.first { $0.text.hasPrefix("retired ES256 ") })
    #expect(retired.level == .notice && retired.metadata["epoch"] == "2")
  }

  @Test("A failure is logged as an error, with the time at which signing ends")
  func failure() async throws {
    let store = try OneRing(at: clock.now)
    let rotator = try await rotator(store)
    store.failure = .noRing
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

/// A store of one ring in memory.
private final class OneRing: KeyRingStore {
  private let store = InMemoryRingStore()
  private let failing = Mutex<KeyRingError?>(nil)
  let commits: AsyncStream<Void>
  private let committed: AsyncStream<Void>.Continuation

  init(at date: NumericDate) throws {
    let made = [try RingSigningKey.generate(.es256), try RingSigningKey.generate(.es256)]
    let policy = try RotationPolicy(algorithms: [.es256])
    let ring = try KeyRingState.new(made.compactMap(\.newKey), policy: policy, at: date).ring
    try store.commit(ring, adding: made.map(\.key), expecting: 0, at: date)
    (commits, committed) = AsyncStream.makeStream()
  }

  var failure: KeyRingError? {
    get { failing.withLock { $0 } }
    set { failing.withLock { $0 = newValue } }
  }

  func load() async throws(KeyRingError) -> KeyRingState? {
    if let failure { throw failure }
    return store.load()
  }

  func commit(
    _ ring: KeyRingState, _ events: [RingEvent], adding keys: [SigningKey], expecting expected: Int,
    at now: NumericDate
  ) async throws(KeyRingError) {
    try store.commit(ring, events, adding: keys, expecting: expected, at: now)
    committed.yield()
  }

  func signingKey(_ key: RingKey) async throws(KeyRingError) -> SigningKey { try store.signingKey(key) }

  func changes() -> AsyncStream<Void> { AsyncStream { _ in } }
}
#endif
