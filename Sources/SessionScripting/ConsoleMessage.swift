#if JavaScript
/// What an extension writes to `console`. Session tokens are taken out of it, and what is beyond 65,536 characters.
public struct ConsoleMessage: Sendable, Hashable {
  public enum Level: String, Sendable { case debug, log, info, warn, error }

  public let level: Level
  public let text: String

  static let limit = 65_536
}
#endif
