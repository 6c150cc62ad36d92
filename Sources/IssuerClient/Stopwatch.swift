#if Client
/// Time since it was made, by a clock that doesn't go back.
struct Stopwatch: Sendable {
  let elapsed: @Sendable () -> Duration
  private let clock: any Clock<Duration>

  init(_ clock: any Clock<Duration>) { (self.clock, elapsed) = (clock, Self.reader(clock)) }

  func sleep(for duration: Duration) async throws { try await clock.sleep(for: duration) }

  private static func reader<C: Clock>(_ clock: C) -> @Sendable () -> Duration
  where C.Duration == Duration {
    let start = clock.now
    return { start.duration(to: clock.now) }
  }
}
#endif
