#if Server
import ArgumentParser
import IDTokenServer
import JOSECore
import SystemSupport

struct HostsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hosts", abstract: "Register the hosts that may request tokens from the issuer.",
    discussion: """
      The hosts file has hashes of the credentials only, so a credential is shown once. To replace one, add another, \
      install it at the host, and revoke the old one. A running issuer reads the file again within seconds.

      EXAMPLES
        idtoken hosts add till-1 --shop snow-devil.myshopify.com --app loyalty-app --output till-1.credential
        idtoken hosts credential till-1 --output till-1.new
        idtoken hosts list
        idtoken hosts revoke till-1 3f0a9c51d2e4
      """, subcommands: [Add.self, Credential.self, Revoke.self, List.self])

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Register a host and create its first credential.")

    @Argument(help: "Name of the host, for logs: 1 to 64 visible ASCII characters.") var name: String
    @Option(
      name: .customLong("shop"), help: "A shop that it may request tokens for; repeatable. '*' is every shop."
    )
    var shops: [String]
    @Option(
      name: .customLong("app"),
      help: "Client ID of an app that it may request tokens for; repeatable. '*' is every app.")
    var apps: [String]
    @Option(
      help: "Rate limit of each of its credentials, in tokens per second (default: the server's --rate).")
    var rate: Int?
    @Option(help: "Burst limit of each of its credentials, in tokens (default: twice --rate).") var burst:
      Int?
    @OptionGroup var file: HostsFileOptions
    @OptionGroup var output: CredentialOutput

    func validate() throws {
      if burst != nil, rate == nil { throw ValidationError("--burst needs --rate.") }
      if let rate, rate < 1 { throw ValidationError("--rate must be 1 or more.") }
    }

    func run() async throws {
      let rate = rate.map { Rate(perSecond: $0, burst: burst) }
      try output.deliver { try file.editor.add(name, shops: shops, apps: apps, rate: rate, $0) }
    }
  }

  struct Credential: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add a credential to a host. Its others stay valid.")

    @Argument(help: "Name of the host.") var name: String
    @OptionGroup var file: HostsFileOptions
    @OptionGroup var output: CredentialOutput

    func run() async throws { try output.deliver { try file.editor.addCredential($0, to: name) } }
  }

  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Revoke a credential of a host.")

    @Argument(help: "Name of the host.") var name: String
    @Argument(help: "The first digits of the credential's SHA-256, at least 8.") var credential: String
    @OptionGroup var file: HostsFileOptions

    func run() async throws {
      try file.editor.revoke(credential, of: name)
      try Output.line("revoked \(credential) of \(name)")
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the hosts and their credentials.")

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
  @Option(name: .customLong("hosts-file"), help: "The hosts file.") var path = "hosts.json"

  var editor: HostsFileEditor { HostsFileEditor(path) }
}

/// The destination of a new credential.
struct CredentialOutput: ParsableArguments {
  @Option(
    name: .customLong("output"),
    help: "File to create for the credential, mode 0600 (if not set: the credential is printed once).")
  var path: String?

  /// The file is written first: a registered credential that is lost can't be recovered.
  func deliver(_ register: (HostCredential) throws -> Void) throws {
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
