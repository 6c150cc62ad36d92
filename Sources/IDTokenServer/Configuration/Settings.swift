#if Server
import Configuration
import JOSECore
import SystemSupport

/// What is set, by flags, the environment and a file, in this order.
public struct Settings: Sendable {
  private let reader: ConfigReader
  private let sources: [Source]

  /// Somewhere that settings come from, all as text: so a value is judged the same wherever it stands.
  private struct Source: Sendable {
    let values: [Setting: String]
    /// How it calls a setting.
    let name: @Sendable (Setting) -> String
  }

  /// - Parameters:
  ///   - flags: by setting, what the command line has.
  ///   - environment: names without `IDTOKEN_` are none of ours; others have to be known.
  ///   - file: a JSON object with the settings' names.
  public init(
    flags: [Setting: String], environment: [String: String] = [:], file: String? = nil
  ) throws(SettingsError) {
    let variables = try Self.variables(environment)
    let members = try file.map(Self.members) ?? [:]
    sources = [
      Source(values: flags) { $0.flag }, Source(values: variables) { $0.environment },
      Source(values: members) { "\($0.rawValue) in \(file ?? "")" },
    ]
    reader = ConfigReader(
      providers: sources.map { source in
        InMemoryProvider(
          values: Dictionary(
            uniqueKeysWithValues: source.values.map { setting, text in
              (AbsoluteConfigKey([setting.rawValue]), ConfigValue(.string(text), isSecret: false))
            }))
      })
  }

  public func text(_ setting: Setting) -> String? {
    reader.string(forKey: ConfigKey([setting.rawValue])) ?? setting.standard
  }

  public func number(_ setting: Setting, in range: ClosedRange<Int>) throws(SettingsError) -> Int {
    let text = text(setting) ?? ""
    guard let number = Int(text), String(number) == text, range.contains(number) else {
      throw error(
        setting,
        "it is \(text.debugDescription), not a whole number from \(range.lowerBound) to \(range.upperBound)"
      )
    }
    return number
  }

  public func choice<Choice: RawRepresentable & CaseIterable>(
    _ setting: Setting, _: Choice.Type
  ) throws(SettingsError) -> Choice where Choice.RawValue == String {
    let text = text(setting) ?? ""
    guard let choice = Choice(rawValue: text) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw error(setting, "it is \(text.debugDescription), not one of \(known)")
    }
    return choice
  }

  /// An error that says where the setting stands.
  public func error(_ setting: Setting, _ reason: String) -> SettingsError {
    let source = sources.first { $0.values[setting] != nil }
    return SettingsError(
      "\(source?.name(setting) ?? setting.flag): \(reason)"
        + (source == nil
          ? "; set it with \(setting.flag), \(setting.environment), or \(setting.rawValue) in the file"
          : ""))
  }

  private static func variables(_ environment: [String: String]) throws(SettingsError) -> [Setting: String] {
    var values: [Setting: String] = [:]
    for (name, value) in environment where name.hasPrefix("IDTOKEN_") && name != "IDTOKEN_CONFIG" {
      guard let setting = Setting.allCases.first(where: { $0.environment == name }) else {
        throw SettingsError(
          "the environment variable \(name) is no setting; 'idtoken serve --help' lists those there are")
      }
      values[setting] = value
    }
    return values
  }

  private static func members(_ path: String) throws(SettingsError) -> [Setting: String] {
    let object: JSONObject
    do {
      let bytes = try POSIXFileSystem().contents(of: path, limit: 1 << 20).bytes
      object = try JSONObject(parsing: bytes.span)
    } catch { throw SettingsError("\(path) is refused: \(error)") }
    var values: [Setting: String] = [:]
    for member in object.members {
      guard let setting = Setting(rawValue: member.name) else {
        throw SettingsError(
          "\(path) has the unknown member \(member.name.debugDescription); 'idtoken serve --help' lists those there are"
        )
      }
      switch member.value {
      case .string(let text): values[setting] = text
      case .integer(let number): values[setting] = String(number)
      default:
        throw SettingsError(
          "\(member.name) in \(path) is \(member.value.typeName), not a string or an integer")
      }
    }
    return values
  }
}

/// A setting that can't be used: which, what is wrong with it, and what to do.
public struct SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}
#endif
