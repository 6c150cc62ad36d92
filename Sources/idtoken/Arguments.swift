import ArgumentParser
import IDTokens
import JOSECore
import KeyRotation
import SystemSupport

/// Where the key ring is.
struct RingOptions: ParsableArguments {
  @Option(name: .customLong("ring"), help: "Directory of the key ring.")
  var directory = "Keys/ring"

  @OptionGroup var passphrase: PassphraseOptions

  func store() throws -> DirectoryStore {
    DirectoryStore(directory, passphrase: try passphrase.read())
  }

  /// Opens the ring to change it, not to sign: a key file that is damaged keeps nobody from revoking the key.
  func open(_ policy: PolicyOptions) async throws -> KeyRing {
    let store = try store()
    let policy = try policy.read(beside: directory, store.existing())
    return try await KeyRing.open(store, policy: policy, role: .serves)
  }
}

struct PassphraseOptions: ParsableArguments {
  @Option(help: "File with the passphrase that encrypts the ring's private keys.")
  var passphraseFile: String?

  func read() throws -> SecretBytes? {
    try passphraseFile.map { try SecretBytes(contentsOf: $0).withoutLineEnd() }
  }
}

/// The time that a command goes by.
struct TimeOptions: ParsableArguments {
  @Option(name: .customLong("at"), help: "Take this for the current time (seconds since 1970).")
  var secondsSinceEpoch: Int64?

  var clock: WallClock { secondsSinceEpoch.map { .fixed(NumericDate($0)) } ?? .system }
  var now: NumericDate { clock.now }
}

/// `NAME=JSON` of `--claim`.
struct ClaimArgument: ExpressibleByArgument {
  let name: String
  let value: JSONValue

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex,
      let value = try? JSONValue(parsing: String(argument[argument.index(after: equals)...]))
    else { return nil }
    (name, self.value) = (String(argument[..<equals]), value)
  }
}

/// A token on the command line, or on standard input.
struct TokenArgument: ParsableArguments {
  @Argument(help: "The token; '-' or nothing reads it from standard input.")
  var token = "-"

  /// The token without the white space around it. What is within stays: a verifier has to refuse it.
  func read() throws -> String {
    let text = token == "-" ? try Self.standardInput() : token
    guard let first = text.firstIndex(where: { !$0.isWhitespace }),
      let last = text.lastIndex(where: { !$0.isWhitespace })
    else { throw ValidationError("There is no token: give it as an argument or on standard input.") }
    return String(text[first...last])
  }

  private static func standardInput() throws(FileError) -> String {
    String(decoding: try POSIXFileSystem().standardInput(limit: 1 << 20), as: UTF8.self)
  }
}
