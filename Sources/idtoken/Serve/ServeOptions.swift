#if Server
import ArgumentParser
import IDTokenServer

/// A flag for each setting, made from the list of settings. Values stay text until environment and file are read too.
struct ServeOptions: ParsableArguments, CustomReflectable {
  private(set) var flags: [Setting: String] = [:]
  /// Settings that are given under an earlier name too.
  private var repeated: [Setting] = []

  init() {}

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    for setting in Setting.allCases {
      let values = try setting.names.compactMap { name in
        try container.decode(Option<String?>.self, forKey: Key(stringValue: name)).wrappedValue
      }
      flags[setting] = values.first
      if values.count > 1 { repeated.append(setting) }
    }
  }

  func validate() throws {
    guard let setting = repeated.first else { return }
    throw ValidationError(
      "\(setting.names.map(Setting.flag).joined(separator: " and ")) are the same setting.")
  }

  /// ArgumentParser finds the options of a command by reflection.
  var customMirror: Mirror {
    let options = Setting.allCases.flatMap { setting in
      setting.names.map { name in (label: name as String?, value: Self.option(setting, name) as Any) }
    }
    return Mirror(self, children: options)
  }

  /// - Parameter name: the setting's name, or an earlier one, which `--help` doesn't show.
  private static func option(_ setting: Setting, _ name: String) -> Option<String?> {
    let variable = Setting.environment(name)
    let help = ArgumentHelp(
      "\(setting.help) [\(variable)] (\(setting.standing))",
      visibility: name == setting.rawValue ? .default : .hidden)
    return Option(name: .customLong(String(Setting.flag(name).dropFirst(2))), help: help)
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
#endif
