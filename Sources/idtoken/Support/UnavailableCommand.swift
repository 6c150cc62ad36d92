import ArgumentParser

/// The traits that this build has.
enum BuildTraits {
  static let all: [String] = {
    var traits: [String] = []
    #if Server
    traits.append("Server")
    #endif
    #if Client
    traits.append("Client")
    #endif
    #if JavaScript
    traits.append("JavaScript")
    #endif
    return traits
  }()

  /// The command that builds what this build has, and one trait more.
  static func build(adding trait: String) -> String {
    "swift build --traits " + (all + [trait]).joined(separator: ",")
  }
}

/// A command that needs a trait, as something other than an unknown word in a build without it.
protocol TraitFeature {
  static var command: String { get }
  static var abstract: String { get }
  /// What this build doesn't have.
  static var name: String { get }
  static var trait: String { get }
}

struct UnavailableCommand<Feature: TraitFeature>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Feature.command, abstract: "\(Feature.abstract) (not in this build)", discussion: advice)
  }

  private static var advice: String {
    "This build has no \(Feature.name). Build it with: \(BuildTraits.build(adding: Feature.trait))"
  }

  @Argument(parsing: .captureForPassthrough, help: .hidden) var arguments: [String] = []

  func run() throws { throw CommandError(.unavailable, Self.advice) }
}

enum ServeFeature: TraitFeature {
  static let (command, name, trait) = ("serve", "HTTP issuer", "Server")
  static let abstract = "Run the HTTP issuer: clients request tokens, backends fetch its keys"
}

enum HostsFeature: TraitFeature {
  static let (command, name, trait) = ("hosts", "HTTP issuer", "Server")
  static let abstract = "Register the clients that may request tokens from the HTTP issuer"
}

enum POSFeature: TraitFeature {
  static let (command, name, trait) = ("pos", "script engine", "JavaScript")
  static let abstract = "Run a POS extension in a till in this terminal"
}
