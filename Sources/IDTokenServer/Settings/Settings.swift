#if Server
import JOSECore
import SystemSupport

/// The settings that are given: by flags, else by the environment, else by a file.
public struct Settings: Sendable {
  /// In order of precedence.
  private let sources: [Source]

  /// All values are text, so that one is judged the same wherever it stands.
  private struct Source: Sendable {
    var values: [Setting: (name: String, text: String)] = [:]

    /// - Parameter name: where the value stands, for errors.
    mutating func add(_ setting: Setting, _ text: String, _ name: String) throws(SettingsError) {
      if let other = values[setting] { throw SettingsError("\(other.name) and \(name) are the same setting") }
      values[setting] = (name, text)
    }
  }

  /// - Parameters:
  ///   - flags: the values that the command line has.
  ///   - environment: a variable that begins with `IDTOKEN_` has to be a setting; others are ignored.
  ///   - file: the path of a JSON object with the settings' names.
  public init(
    flags: [Setting: String], environment: [String: String] = [:], file: String? = nil
  ) throws(SettingsError) {
    var commandLine = Source()
    for (setting, text) in flags { try commandLine.add(setting, text, setting.flag) }
    sources = [commandLine, try Self.variables(environment), try file.map(Self.members) ?? Source()]
  }

  public func text(_ setting: Setting) -> String? {
    value(setting)?.text ?? setting.definition.standard
  }

  /// A number in the setting's range.
  public func number(_ setting: Setting) throws(SettingsError) -> Int {
    guard case .number(let range, _) = setting.definition.kind else {
      throw error(setting, "it is not a number")
    }
    let text = text(setting) ?? ""
    guard let number = Int(text), String(number) == text, range.contains(number) else {
      throw error(
        setting,
        "it is \(text.debugDescription), not a whole number from \(range.lowerBound) to \(range.upperBound)")
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
    if let value = value(setting) { return SettingsError("\(value.name): \(reason)") }
    return SettingsError(
      "\(setting.flag): \(reason); set it with \(setting.flag), \(setting.environment), or \(setting.rawValue) in the file"
    )
  }

  private func value(_ setting: Setting) -> (name: String, text: String)? {
    for source in sources { if let value = source.values[setting] { return value } }
    return nil
  }

  private static func variables(_ environment: [String: String]) throws(SettingsError) -> Source {
    var source = Source()
    for (name, text) in environment.sorted(by: { $0.key < $1.key })
    where name.hasPrefix("IDTOKEN_") && name != "IDTOKEN_CONFIG" {
      let setting = Setting.allCases.first { $0.names.contains { Setting.environment($0) == name } }
      guard let setting else {
        throw SettingsError(
          "the environment variable \(name) is not a setting; 'idtoken serve --help' lists the settings")
      }
      try source.add(setting, text, name)
    }
    return source
  }

  private static func members(_ path: String) throws(SettingsError) -> Source {
    let object: JSONObject
    do {
      let bytes = try POSIXFileSystem().contents(of: path, limit: 1 << 20).bytes
      object = try JSONObject(parsing: bytes.span)
    } catch { throw SettingsError("\(path) is refused: \(error)") }
    var source = Source()
    for member in object.members {
      guard let setting = Setting(name: member.name) else {
        throw SettingsError(
          "\(path) has the unknown member \(member.name.debugDescription); 'idtoken serve --help' lists the settings"
        )
      }
      let name = "\(member.name) in \(path)"
      switch member.value {
      case .string(let text): try source.add(setting, text, name)
      case .integer(let number): try source.add(setting, String(number), name)
      default: throw SettingsError("\(name) is \(member.value.typeName), not a string or an integer")
      }
    }
    return source
  }
}

/// A setting that can't be used: which one, what is wrong, and what to do.
public struct SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}
#endif
