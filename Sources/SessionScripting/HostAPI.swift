#if JavaScript
public import JOSECore

/// An API of the host's beside `session`, such as `api.toast`, which is also `shopify.toast`.
///
/// What an extension gets is frozen. Values and arguments are what JSON can say; a function's answer comes as a promise.
public struct HostAPI: Sendable {
  /// The arguments of a call; its result, or nothing. What it throws rejects the promise with an `Error` that has its
  /// description for the message.
  public typealias Function = @Sendable ([JSONValue]) async throws -> JSONValue?

  public let name: String
  public let values: JSONObject
  public let functions: [String: Function]

  /// - Parameters:
  ///   - values: what can be read, such as `"available": true`. The same for as long as an extension runs.
  ///   - functions: what can be called.
  public init(_ name: String, values: JSONObject = [:], functions: [String: Function] = [:]) {
    (self.name, self.values, self.functions) = (name, values, functions)
  }
}
#endif
