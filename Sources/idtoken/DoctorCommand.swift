import ArgumentParser
import JOSECore

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Show which libraries sign on this machine, and how many signatures at a time.",
    discussion: """
      Intel's multi-buffer library makes eight signatures at a time. It needs a processor with AVX-512 IFMA; Debian \
      packages it as libcrypto-mb11 or later. A new key of each kind signs a known message with it, and OpenSSL verifies \
      the signature. The other kinds are signed by OpenSSL one at a time, which is slower and as good.

      \(MultiBufferSigner.environmentVariable)=off turns the multi-buffer library off.

      EXAMPLES
        idtoken doctor
        idtoken doctor --json
      """)

  @Flag(name: .customLong("json"), help: "Print JSON.") var isJSON = false

  func run() throws {
    let signer = MultiBufferSigner.shared
    guard !isJSON else { return try printJSON(signer) }
    try Output.table([
      ["OpenSSL", OpenSSLLibrary.version], ["FIPS mode", OpenSSLLibrary.isInFIPSMode ? "on" : "off"],
      ["Multi-buffer", "\(signer)"],
    ])
    guard case .on = signer.status else { return }
    try Output.line()
    for kind in DiagnosedKey.all {
      // Each as soon as it is tested: RSA keys take a while to generate.
      let key = try DiagnosedKey(kind, signer)
      let name = key.name + String(repeating: " ", count: max(1, 18 - key.name.count))
      if let reason = key.reason {
        try Output.line("\(name)one at a time: \(reason)")
      } else {
        try Output.line("\(name)eight at a time", .good)
      }
    }
  }

  private func printJSON(_ signer: MultiBufferSigner) throws {
    try Output.json([
      "openssl": .string(OpenSSLLibrary.version), "fips": .bool(OpenSSLLibrary.isInFIPSMode),
      "multiBuffer": .string("\(signer)"),
      // The name of this member until 0.1.0; programs read it.
      "lanes": .string("\(signer)"),
      "keys": .array(try DiagnosedKey.all.map { try DiagnosedKey($0, signer).json }),
    ])
  }
}

/// A new key of a kind, and why the multi-buffer library doesn't sign with it.
private struct DiagnosedKey {
  let algorithm: Algorithm
  let kind: KeyKind
  let reason: String?

  static let all: [(Algorithm, KeyKind)] = [
    (.es256, .ec(.p256)), (.es384, .ec(.p384)), (.es512, .ec(.p521)),
    (.edDSA, .okp(.ed25519)), (.ed448, .okp(.ed448)),
    (.rs256, .rsa(modulusBits: 2048)), (.ps256, .rsa(modulusBits: 2048)),
    (.rs256, .rsa(modulusBits: 3072)), (.rs256, .rsa(modulusBits: 4096)),
  ]

  init(_ kind: (algorithm: Algorithm, key: KeyKind), _ signer: MultiBufferSigner) throws {
    (algorithm, self.kind) = kind
    reason = signer.unavailabilityReason(for: try SigningKey(algorithm, .generate(kind.key)))
  }

  var name: String {
    switch kind {
    case .rsa(let bits): "\(algorithm) (RSA \(bits))"
    case .ec(let curve): "\(algorithm) (\(curve.rawValue))"
    case .okp(let curve): "\(algorithm) (\(curve.rawValue))"
    }
  }

  var json: JSONValue {
    [
      "key": .string(name), "eightAtATime": .bool(reason == nil),
      "reason": reason.map { .string($0) } ?? .null,
    ]
  }
}
