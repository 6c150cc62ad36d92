import Foundation
import Testing

/// A library that the system's compiler makes for a test, in a directory of its own, removed with it. Its functions have
/// the real one's names and do nothing.
final class FakeLibrary {
  let path: String
  private let directory: URL

  static let functions = [
    "mbx_getversion", "mbx_is_crypto_mb_applicable", "mbx_nistp256_ecdsa_sign_mb8",
    "mbx_nistp384_ecdsa_sign_mb8", "mbx_ed25519_sign_mb8", "mbx_rsa_private_crt_mb8", "mbx_rsa_public_mb8",
    "mbx_RSA_private_crt_Method", "mbx_RSA_pub65537_Method", "mbx_RSA_Method_BufSize",
  ]

  /// - Parameters:
  ///   - version: C's text for the numbers; `nil` for a null pointer.
  ///   - missing: the function that it lacks.
  init(version: String? = "1, 0, 15", isApplicable: Int = 1, missing: String? = nil) throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "lanes-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    path = directory.appending(path: "libcrypto_mb.so.test").path
    let source = directory.appending(path: "library.c")
    let lines = Self.functions.filter { $0 != missing }.map { name in
      switch name {
      case "mbx_getversion":
        "static const int v[] = {\(version ?? "0")}; const int *\(name)(void) { return \(version == nil ? "0" : "v"); }"
      case "mbx_is_crypto_mb_applicable":
        "int \(name)(unsigned long long f) { return f == 0 ? \(isApplicable) : 0; }"
      default: "long \(name)(void) { return 0; }"
      }
    }
    try lines.joined(separator: "\n").write(to: source, atomically: true, encoding: .utf8)
    try Self.compile(source.path, path)
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  /// Swift doesn't link without a C compiler, so there is one.
  private static func compile(_ source: String, _ library: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c", "exec $(command -v cc || command -v clang || command -v gcc) -shared -fPIC -o \"$1\" \"$2\"",
      "sh",
      library, source,
    ]
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "a C compiler (cc, clang or gcc) makes a library")
  }
}
