#if JavaScript
/// A script that is written as a module: what it imports from Shopify's package is global here, and what it exports by
/// default goes to `exported`. A bundler has more to offer; this is for a file that has not been through one.
struct ModuleText {
  static let package = "@shopify/ui-extensions/point-of-sale"

  /// As many lines as before, so that errors name the right one.
  let script: String

  /// - Throws: where something else is imported.
  init(_ text: String) throws(ScriptError) {
    var script = text
    while let statement = script.firstMatch(of: Self.importStatement) {
      guard statement.output.module == Self.package else {
        throw .unknownModule(String(statement.output.module))
      }
      let lineEnds = statement.output.0.filter(\.isNewline)
      script.replaceSubrange(statement.range, with: Self.aliases(statement.output.names) + lineEnds)
    }
    // As long as what it replaces, so that errors name the right column, too.
    self.script = script.replacing(Self.defaultExport, with: "var exported = ")
  }

  /// Whether a script is none as it stands.
  static func isNeeded(_ script: String, in context: ScriptContext) -> Bool {
    // The engine knows at once, for megabytes too.
    !context.isScript(script) && (script.contains(importStatement) || script.contains(defaultExport))
  }

  private static func aliases(_ names: Substring) -> String {
    names.matches(of: alias).map { "var \($0.output.alias) = \($0.output.name); " }.joined()
  }

  private static var importStatement: Regex<(Substring, names: Substring, module: Substring)> {
    /(?m)^import\s*\{(?<names>[^}]*)\}\s*from\s*['"](?<module>[^'"]*)['"][ \t]*;?/
  }

  private static var defaultExport: Regex<Substring> { #/(?m)^export default /# }

  private static var alias: Regex<(Substring, name: Substring, alias: Substring)> {
    /(?<name>[\w$]+)\s+as\s+(?<alias>[\w$]+)/
  }
}
#endif
