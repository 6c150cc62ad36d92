#if JavaScript
public import JOSECore

/// A part of what an extension shows.
public enum ComponentNode: Sendable, Hashable {
  case component(Component)
  case text(String)
}

/// A component, such as a `Screen`: what becomes of it on a screen is the host's business.
public struct Component: Sendable, Hashable {
  /// Its name, which may be any text.
  public let type: String
  /// Those that JSON can say.
  public let props: JSONObject
  /// The names of the props that are functions, such as `onPress`; `RunningExtension.act` calls them.
  public let actions: [String]
  public let children: [ComponentNode]

  public init(
    type: String, props: JSONObject = [:], actions: [String] = [], children: [ComponentNode] = []
  ) {
    (self.type, self.props, self.actions, self.children) = (type, props, actions, children)
  }
}

extension ComponentNode {
  /// - Parameter json: what the prelude says of a node.
  init?(_ json: JSONValue) {
    guard let object = json.object else { return nil }
    if let text = object["text"]?.string {
      self = .text(text)
    } else if let type = object["type"]?.string {
      self = .component(
        Component(
          type: type, props: object["props"]?.object ?? [:],
          actions: object["actions"]?.array?.compactMap(\.string) ?? [],
          children: object["children"]?.array?.compactMap(ComponentNode.init) ?? []))
    } else {
      return nil
    }
  }

  /// What is shown on the root, from its JSON.
  ///
  /// - Throws: what a host can't put up with: more than 4 MiB, or more than 256 levels.
  static func roots(_ json: String) throws(JOSEError) -> [ComponentNode] {
    let value = try JSONValue(parsing: json, maximumLength: 4 << 20, maximumDepth: 512)
    guard case .component(let root) = ComponentNode(value) else { return [] }
    return root.children
  }
}
#endif
