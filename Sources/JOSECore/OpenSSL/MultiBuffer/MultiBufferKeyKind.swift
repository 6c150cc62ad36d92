/// What signs together: eight keys of one kind, whichever algorithms and apps they are for.
package enum MultiBufferKeyKind: Hashable, Sendable {
  case p256, p384, ed25519
  case rsa(bits: Int)
}

extension MultiBufferKeyKind: CaseIterable {
  package static let allCases: [MultiBufferKeyKind] =
    [.p256, .p384, .ed25519] + modulusLengths.map { .rsa(bits: $0) }
  /// The moduli that the library has methods for, in bits.
  private static let modulusLengths = [2048, 3072, 4096]

  /// How many are signed at once.
  package static let slotCount = 8

  /// The fewest signatures that the library makes sooner than OpenSSL 3.0 makes them one after the other: eight at
  /// once take as long as two on P-256, as 1.1 on Ed25519, as 2.3 with RSA, and as a fifth of one on P-384.
  package var worthwhile: Int {
    switch self {
    case .p256, .rsa: 3
    case .ed25519: 2
    case .p384: 1
    }
  }

  /// Bytes of r or s, of R or S, or of an RSA signature.
  var componentLength: Int {
    switch self {
    case .p256, .ed25519: 32
    case .p384: 48
    case .rsa(let bits): bits / 8
    }
  }

  var signatureLength: Int {
    if case .rsa = self { componentLength } else { 2 * componentLength }
  }
}

extension MultiBufferKeyKind {
  /// `nil` where the library has nothing for it: P-521, Ed448 and unusual moduli.
  init?(_ key: KeyKind) {
    switch key {
    case .ec(.p256): self = .p256
    case .ec(.p384): self = .p384
    case .okp(.ed25519): self = .ed25519
    case .rsa(let bits) where Self.modulusLengths.contains(bits): self = .rsa(bits: bits)
    default: return nil
    }
  }
}
