#if Server
import ArgumentParser
import IDTokenServer
import JOSECore
import SystemSupport

struct HostsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hosts", abstract: "Register the hosts that may ask the issuer for tokens.",
    discussion: """
      The file holds hashes: a credential is shown once. To change one, add another, let the host take it, and revoke the \
      one before. A running issuer follows within seconds.

      EXAMPLES
        idtoken hosts add till-1 --shop snow-devil.myshopify.com \\
          --app loyalty-app --output till-1.credential
        idtoken hosts credential till-1 --output till-1.new
        idtoken hosts list
        idtoken hosts revoke till-1 3f0a9c51d2e4
      """, subcommands: [Add.self, Credential.self, Revoke.self, List.self])

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Register a host, with its first credential.")

    @Argument(help: "Name of the host, for logs: 1 to 64 visible characters.") var name: String
    @Option(name: .customLong("shop"), help: "A shop that it may name; repeatable. '*' is every shop.")
    var shops: [String]
    @Option(
      name: .customLong("app"),
      help: "Client ID of an app that it may ask for; repeatable. '*' is every app.")
    var apps: [String]
    @Option(help: "Tokens a second that each of its credentials may ask for.") var rate: Int?
    @Option(help: "Tokens at once; twice the rate if left out.") var burst: Int?
    @OptionGroup var file: HostsFileOptions
    @OptionGroup var output: CredentialOutput

    func validate() throws {
      if burst != nil, rate == nil { throw ValidationError("--burst goes with --rate.") }
      if let rate, rate < 1 { throw ValidationError("--rate is 1 or more.") }
    }

    func run() async throws {
      let rate = rate.map { Rate(perSecond: $0, burst: burst) }
      try output.handOver { try file.editor.add(name, shops: shops, apps: apps, rate: rate, $0) }
    }
  }

  struct Credential: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give a host one more credential; those it has stay valid.")

    @Argument(help: "Name of the host.") var name: String
    @OptionGroup var file: HostsFileOptions
    @OptionGroup var output: CredentialOutput

    func run() async throws { try output.handOver { try file.editor.addCredential($0, to: name) } }
  }

  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Take a credential away from a host.")

    @Argument(help: "Name of the host.") var name: String
    @Argument(help: "The first digits of the credential's SHA-256, 8 or more.") var credential: String
    @OptionGroup var file: HostsFileOptions

    func run() async throws {
      try file.editor.revoke(credential, of: name)
      try Output.line("revoked \(credential) of \(name)")
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the hosts and their credentials.")

    @OptionGroup var file: HostsFileOptions

    func run() async throws {
      var rows = [["HOST", "CREDENTIAL", "SINCE", "SHOPS", "APPS"]]
      for host in try file.editor.hosts() {
        for proof in (host["credentials"]?.array ?? []) + (host["certificates"]?.array ?? []) {
          rows.append([
            host["name"]?.string ?? "", String((proof.object?["sha256"]?.string ?? "").prefix(12)),
            proof.object?["created"]?.string ?? "", host.names("shops"), host.names("apps"),
          ])
        }
      }
      try Output.table(rows)
    }
  }
}

struct HostsFileOptions: ParsableArguments {
  @Option(name: .customLong("hosts-file"), help: "File with the hosts.") var path = "hosts.json"

  var editor: HostsFileEditor { HostsFileEditor(path) }
}

/// Where a new credential goes.
struct CredentialOutput: ParsableArguments {
  @Option(
    name: .customLong("output"),
    help: "Write the credential to this new file (mode 0600); left out, it is printed, this once.")
  var path: String?

  /// The file first: a hash without its credential is of no use to anyone.
  func handOver(_ register: (HostCredential) throws -> Void) throws {
    let credential = try HostCredential()
    try path.map { try credential.write(to: $0) }
    do { try register(credential) } catch {
      if let path { try? POSIXFileSystem().remove(path) }
      throw error
    }
    if let path {
      try Output.line("credential \(credential.name) is in \(path)")
    } else {
      try Output.line(credential.text)
    }
  }
}

extension JSONObject {
  fileprivate func names(_ member: String) -> String {
    (self[member]?.array ?? []).compactMap(\.string).joined(separator: ", ")
  }
}
#endif
