#if JavaScript
import ArgumentParser
import IDTokens
import JOSECore
import SystemSupport
import SessionHost
import SessionScripting

struct POSCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pos",
    abstract: "Run a POS extension in a terminal, in a session that is switched by typing.",
    discussion: """
      Opens a session of snow-devil.myshopify.com (user 42 authenticated, staff member 7 pinned, location 5), runs the \
      extension's file and shows the components it makes as text. Then it reads commands, one a line:

      \(POSInstruction.summary)

      Tokens come from this process: HS256 with --client-secret-file, or with a secret that is made anew and \
      forgotten; or with the keys of --ring.\(remoteHelp)

      EXAMPLES
        idtoken pos Examples/session-details.js
        printf 'unpin\\nforbid\\nopen\\n' | idtoken pos Examples/session-details.js
        idtoken pos Examples/staff-member.js
        idtoken pos Examples/session-details.js --api-version 2025-07
        idtoken pos my-extension.js --client-id my-app \\
          --client-secret-file app.secret
        idtoken pos my-extension.js --client-id my-app \\
          --ring Keys/ring --alg ES256 --issuer https://id.example.com
      """)

  #if Client
  private static let remoteHelp = " Or they come from an issuer elsewhere, with --remote."
  #else
  private static let remoteHelp = ""
  #endif

  @Argument(help: "The extension: one file of JavaScript, as a bundler writes it.") var file: String
  @Option(help: "What of it to run, such as pos.home.modal.render; the first if left out.") var target:
    String?
  @Option(name: .customLong("api-version"), help: "The version of the POS UI extensions API that it uses.")
  var version = APIVersion.latest.description
  @OptionGroup var tokens: POSTokenOptions

  func run() async throws {
    let version = try APIVersion(version)
    let script = String(
      decoding: try POSIXFileSystem().contents(of: file, limit: 16 << 20).bytes, as: UTF8.self)
    let till = try await POSTill(tokens)
    let screen = POSScreen(till, version: version, file: file, script: script, target: target)
    if StandardStream.output.isTerminal {
      try Output.line("'help' has the commands, 'quit' ends it.", .faint)
    }
    try await screen.open()
    for await line in try StandardInput.lines() {
      guard let instruction = try screen.read(line) else { continue }
      if instruction == .quit { break }
      try await screen.perform(instruction)
    }
    await screen.close()
  }
}
#endif
