#if Server
public import JOSECore
public import NIOCore

/// The times that the issuer goes by: the date for tokens and keys, and one that never goes back for rates and durations.
public struct IssuerClock: Sendable {
  let wall: WallClock
  let uptime: @Sendable () -> NIODeadline

  public init(wall: WallClock = .system, uptime: @escaping @Sendable () -> NIODeadline = { .now() }) {
    (self.wall, self.uptime) = (wall, uptime)
  }
}
#endif
