import Foundation
import Testing

@testable import idtoken

@Suite struct HelpTests {
  /// What `--experimental-dump-help` tells about a command and its subcommands.
  struct Command: Decodable {
    struct Argument: Decodable {
      var abstract: String?
      var valueName: String?
      var shouldDisplay: Bool
    }

    var commandName: String
    var abstract: String?
    var discussion: String?
    var subcommands: [Command]?
    var arguments: [Argument]?
  }

  private struct Tool: Decodable { var command: Command }

  private let root: Command

  init() throws {
    let text = try idtoken("--experimental-dump-help").output
    root = try JSONDecoder().decode(Tool.self, from: Data(text.utf8)).command
  }

  /// Every command with the words that run it, and the discussions of those above it.
  private func commands(
    _ command: Command, _ path: [String] = [], above: String = ""
  ) -> [(path: [String], command: Command, above: String)] {
    [(path, command, above)]
      + (command.subcommands ?? []).filter { $0.commandName != "help" }.flatMap {
        commands($0, path + [$0.commandName], above: above + (command.discussion ?? ""))
      }
  }

  @Test("every command and every option says what it does")
  func abstracts() {
    let commands = commands(root)
    #expect(commands.count > 20)
    for (path, command, _) in commands {
      #expect(command.abstract?.isEmpty == false, "\(path)")
      for argument in command.arguments ?? [] where argument.shouldDisplay {
        #expect(argument.abstract?.isEmpty == false, "\(path) \(argument.valueName ?? "")")
      }
    }
  }

  @Test("every command has an example, in its own help or in its group's")
  func examples() {
    for (path, command, above) in commands(root) {
      if command.abstract?.hasSuffix("(not in this build)") == true { continue }
      let call = (["idtoken"] + path).joined(separator: " ")
      let isInGroup = above.split(separator: "\n").contains { "\($0) ".contains(call + " ") }
      #expect(command.discussion?.contains("EXAMPLES") == true || isInGroup, "\(path)")
    }
  }

  @Test("examples can be pasted: help breaks none of their lines, and their options exist")
  func pasting() throws {
    for (path, command, _) in commands(root) {
      guard let examples = command.discussion?.components(separatedBy: "EXAMPLES\n").last,
        command.discussion?.contains("EXAMPLES") == true
      else { continue }
      let block = examples.components(separatedBy: "\n\n")[0]
      for line in block.split(separator: "\n") { #expect(line.count < 80, "\(path): \(line)") }
      let lines = block.replacingOccurrences(of: "\\\n", with: " ").split(separator: "\n")
      for line in lines {
        guard let start = line.range(of: "idtoken ")?.upperBound else { continue }
        let words = line[start...].split(separator: " ").map(String.init)
        let names = words.prefix { $0.first?.isLetter == true && !$0.contains(".") && !$0.contains("/") }
        let help = try helpText(of: Array(names))
        for option in words where option.hasPrefix("--") {
          #expect(help.contains(option), "\(path): \(line)")
        }
      }
    }
  }

  /// The help of the longest command that the words begin with, without its examples.
  private func helpText(of words: [String]) throws -> String {
    var (command, path) = (root, [String]())
    for word in words {
      guard let next = command.subcommands?.first(where: { $0.commandName == word }) else { break }
      (command, path) = (next, path + [word])
    }
    let text = try idtoken(["help"] + path).output
    return String(text[(text.range(of: "USAGE:")?.lowerBound ?? text.startIndex)...])
  }

  @Test("the version is the newest of CHANGELOG")
  func version() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let changelog = try String(contentsOf: root.appending(path: "CHANGELOG.md"), encoding: .utf8)
    let newest = try #require(changelog.firstMatch(of: /(?m)^## ([0-9]+\.[0-9]+\.[0-9]+)/))
    #expect(try idtoken("--version").output.trimmed == newest.1)
  }
}

@Suite struct UnavailableCommandTests {
  @Test("a command that needs a trait says how to build it, whatever its arguments")
  func advice() throws {
    #expect(
      refusal(UnavailableCommand<ServeFeature>.self, ["--demo", "Keys/demo", "--help"])
        == CommandError(
          .unavailable, "This build has no HTTP issuer. Build it with: \(BuildTraits.build(adding: "Server"))"
        ))
    #expect(refusal(UnavailableCommand<HostsFeature>.self, ["add", "till-1"])?.status == .unavailable)
    #expect(
      refusal(UnavailableCommand<POSFeature>.self, ["extension.js"])?.description.hasPrefix(
        "This build has no script engine. Build it with: swift build --traits ") == true)
  }

  private func refusal<Feature>(
    _ command: UnavailableCommand<Feature>.Type, _ arguments: [String]
  ) -> CommandError? {
    do {
      try command.parse(arguments).run()
      return nil
    } catch { return error as? CommandError }
  }

  @Test("serve, hosts and pos are in the list of commands, and missing ones end with exit status 69")
  func process() throws {
    let help = try idtoken("--help").output
    for command in ["serve", "hosts", "pos"] {
      #expect(help.contains("\n  \(command) "))
      let traits = ["serve": "Server", "hosts": "Server", "pos": "JavaScript"]
      let isMissing = !BuildTraits.all.contains(traits[command] ?? "")
      let run = try idtoken(command, "--help")
      #expect(run.status == (isMissing ? 69 : 0))
      #expect(run.error.contains("swift build --traits ") == isMissing)
    }
  }
}
