import ArgumentParser
import JOSECore

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Show what signs on this machine, and how many signatures at a time.",
    discussion: """
      A key of every kind signs a known message on each of the processor's vector lanes, if there are any, and OpenSSL \
      verifies what comes out. What the lanes don't sign, OpenSSL signs, one after the other: that is slower, not worse.

      The lanes need Intel's multi-buffer library (Debian: libcrypto-mb11 or later) and AVX-512 IFMA. \
      \(MultiBufferSigner.environmentVariable)=off turns them off.

      EXAMPLES
        idtoken doctor
        idtoken doctor --json
      """)

  @Flag(name: .customLong("json"), help: "Print JSON.") var isJSON = false

  func run() throws {
    let lanes = MultiBufferSigner.shared
    guard !isJSON else { return try printJSON(lanes) }
    try Output.table([
      ["OpenSSL", OpenSSLLibrary.version], ["FIPS mode", OpenSSLLibrary.isInFIPSMode ? "on" : "off"],
      ["Lanes", "\(lanes)"],
    ])
    guard case .on = lanes.status else { return }
    try Output.line()
    for kind in DiagnosedKey.all {
      // One by one, as they are tested: RSA keys take a while to make.
      let key = try DiagnosedKey(kind, lanes)
      let name = key.name + String(repeating: " ", count: max(1, 18 - key.name.count))
      try Output.line(name + key.verdict)
    }
  }

  private func printJSON(_ lanes: MultiBufferSigner) throws {
    try Output.json([
      "openssl": .string(OpenSSLLibrary.version), "fips": .bool(OpenSSLLibrary.isInFIPSMode),
      "lanes": .string("\(lanes)"),
      "keys": .array(try DiagnosedKey.all.map { try DiagnosedKey($0, lanes).json }),
    ])
  }
}

/// A new key of a kind, and what keeps it from the lanes.
private struct DiagnosedKey {
  let algorithm: Algorithm
  let kind: KeyKind
  let refusal: String?

  static let all: [(Algorithm, KeyKind)] = [
    (.es256, .ec(.p256)), (.es384, .ec(.p384)), (.es512, .ec(.p521)),
    (.edDSA, .okp(.ed25519)), (.ed448, .okp(.ed448)),
    (.rs256, .rsa(modulusBits: 2048)), (.ps256, .rsa(modulusBits: 2048)),
    (.rs256, .rsa(modulusBits: 3072)), (.rs256, .rsa(modulusBits: 4096)),
  ]

  init(_ kind: (algorithm: Algorithm, key: KeyKind), _ lanes: MultiBufferSigner) throws {
    (algorithm, self.kind) = kind
    refusal = lanes.unavailabilityReason(for: try SigningKey(algorithm, .generate(kind.key)))
  }

  var name: String {
    switch kind {
    case .rsa(let bits): "\(algorithm) (RSA \(bits))"
    case .ec(let curve): "\(algorithm) (\(curve.rawValue))"
    case .okp(let curve): "\(algorithm) (\(curve.rawValue))"
    }
  }

  var verdict: String { refusal.map { "one by one: \($0)" } ?? Output.good("eight at a time") }

  var json: JSONValue {
    [
      "key": .string(name), "eightAtATime": .bool(refusal == nil),
      "reason": refusal.map { .string($0) } ?? .null,
    ]
  }
}
