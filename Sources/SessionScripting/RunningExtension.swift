#if JavaScript
public import JOSECore
public import SessionHost

/// An extension that runs, for as long as this is held and not closed.
public final class RunningExtension: Sendable {
  /// Whether the engine ends a script that runs too long.
  public let hasTimeLimit: Bool
  private let machine: VirtualMachine
  private let host: ExtensionHost

  init(_ machine: VirtualMachine, _ host: ExtensionHost, hasTimeLimit: Bool) {
    (self.machine, self.host, self.hasTimeLimit) = (machine, host, hasTimeLimit)
  }

  /// What it shows. A slow reader gets the latest tree, and none of the earlier ones.
  public var tree: Observed<[ComponentNode]> { machine.tree.observed }

  /// Why it was stopped, if it was.
  public var failure: ScriptError? { machine.failure }

  /// Waits until the extension has heard of the session of now, every call to its host has its answer, and what waited for
  /// that has run; at the latest for the host's deadline. An extension that asks again and again never comes to rest.
  public func settle() async throws(ScriptError) {
    try await host.waiting { [machine] () throws(ScriptError) in try await machine.settle() }
  }

  /// Calls what a component was given as a prop, such as `onPress`.
  ///
  /// - Parameter path: the component's place among the root's children, then among that one's, and so on.
  public func act(_ name: String, at path: [Int], _ arguments: [JSONValue] = []) async throws(ScriptError) {
    try await host.waiting { [machine] () throws(ScriptError) in
      try await machine.act(name, at: path, arguments)
    }
  }

  /// Ends it. Nothing of it runs any more when this returns, unless the engine doesn't answer.
  public func close() async { try? await host.waiting { [machine] in await machine.close() } }
}
#endif
