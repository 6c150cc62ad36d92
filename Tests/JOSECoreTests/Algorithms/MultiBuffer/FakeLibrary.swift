import TestSupport
import Testing

/// A library that the system's compiler makes for a test, removed with the value. Its functions have the real one's names
/// and do nothing.
final class FakeLibrary {
  private let directory: TemporaryDirectory
  var path: String { directory["libcrypto_mb.so.test"] }

  static let functions = [
    "mbx_getversion", "mbx_is_crypto_mb_applicable", "mbx_nistp256_ecdsa_sign_mb8",
    "mbx_nistp384_ecdsa_sign_mb8", "mbx_ed25519_sign_mb8", "mbx_rsa_private_crt_mb8", "mbx_rsa_public_mb8",
    "mbx_RSA_private_crt_Method", "mbx_RSA_pub65537_Method", "mbx_RSA_Method_BufSize",
  ]

  /// - Parameters:
  ///   - version: C's text for the numbers; `nil` for a null pointer.
  ///   - missing: the function that it lacks.
  init(version: String? = "1, 0, 15", isApplicable: Int = 1, missing: String? = nil) throws {
    directory = try TemporaryDirectory()
    let lines = Self.functions.filter { $0 != missing }.map { name in
      switch name {
      case "mbx_getversion":
        "static const int v[] = {\(version ?? "0")}; const int *\(name)(void) { return \(version == nil ? "0" : "v"); }"
      case "mbx_is_crypto_mb_applicable":
        "int \(name)(unsigned long long f) { return f == 0 ? \(isApplicable) : 0; }"
      default: "long \(name)(void) { return 0; }"
      }
    }
    let source = try directory.write(lines.joined(separator: "\n"), to: "library.c")
    // Swift doesn't link without a C compiler, so there is one.
    let made = try ChildProcess.shell(
      "$(command -v cc || command -v clang || command -v gcc) -shared -fPIC -o '\(path)' '\(source)'"
    ).run()
    try #require(made.status == 0, "a C compiler (cc, clang or gcc) makes a library: \(made.error)")
  }
}
