import COpenSSL
import SystemSupport

/// A private key's numbers as the lanes read them: little-endian, in memory that is locked and wiped.
@safe
final class MultiBufferKey: @unchecked Sendable {
  let kind: MultiBufferKeyKind
  private let memory: LockedMemory
  private let parts: [Range<Int>]

  /// The private scalar on a curve of NIST's (RFC 7518 §6.2.2.1), or the private and the public key of Ed25519 (RFC 8037 §2),
  /// or p, q, dp, dq, q⁻¹ mod p (RFC 7518 §6.3.2) and n.
  init(_ kind: MultiBufferKeyKind, _ key: KeyHandle) throws(MultiBufferUnavailable) {
    self.kind = kind
    parts = kind.keyParts
    guard let memory = LockedMemory(byteCount: parts.last?.upperBound ?? 0) else { throw .noLockedMemory }
    self.memory = memory
    switch kind {
    case .p256, .p384: try write(key, "priv", to: 0)
    case .ed25519: try writeEd25519(key)
    case .rsa(let bits): try writeRSA(key, bits)
    }
  }

  /// Good for as long as the key is.
  @unsafe
  func pointer(to part: Int) -> UnsafeMutableRawPointer? { unsafe memory.bytes(parts[part]).baseAddress }
}

/// Why a key's signatures are made by OpenSSL although there are lanes.
enum MultiBufferUnavailable: Error, Equatable, CustomStringConvertible {
  case unusual(String)
  case noLockedMemory
  case failedTest(lane: Int)
  /// In another thread, for the next few milliseconds.
  case beingTested

  var description: String {
    switch self {
    case .unusual(let what): "the key is unusual: \(what)"
    case .noLockedMemory: "the system locks no more memory for it (ulimit -l)"
    case .failedTest(let lane): "the signature of a known message on lane \(lane) did not verify"
    case .beingTested: "its first signatures are being tested"
    }
  }
}

extension MultiBufferKeyKind {
  fileprivate var keyParts: [Range<Int>] {
    let lengths =
      switch self {
      case .p256, .p384: [componentLength]
      case .ed25519: [32, 32]
      case .rsa(let bits): Array(repeating: bits / 16, count: 5) + [bits / 8]
      }
    var end = 0
    return lengths.map { length in
      defer { end += length }
      return end..<(end + length)
    }
  }
}

extension MultiBufferKey {
  /// Part number of n.
  static let modulus = 5

  private func writeEd25519(_ key: KeyHandle) throws(MultiBufferUnavailable) {
    var lengths = (32, 32)
    guard unsafe EVP_PKEY_get_raw_private_key(key.pointer, bytes(0), &lengths.0) == 1,
      unsafe EVP_PKEY_get_raw_public_key(key.pointer, bytes(1), &lengths.1) == 1, lengths == (32, 32)
    else { throw .unreadable("d") }
  }

  private func writeRSA(_ key: KeyHandle, _ bits: Int) throws(MultiBufferUnavailable) {
    guard (try? key.component("e")) == [1, 0, 1] else { throw .unusual("its public exponent is not 65537") }
    var third: OpaquePointer?
    let hasThree = unsafe EVP_PKEY_get_bn_param(key.pointer, "rsa-factor3", &third) == 1
    unsafe BN_clear_free(third)
    ERR_clear_error()
    guard !hasThree else { throw .unusual("it has more than two primes") }
    for (part, name) in [
      "rsa-factor1", "rsa-factor2", "rsa-exponent1", "rsa-exponent2", "rsa-coefficient1", "n",
    ].enumerated() {
      let exactly: Int? = name.hasPrefix("rsa-factor") ? bits / 2 : nil
      try write(key, name, to: part, bits: exactly)
    }
  }

  private func write(_ key: KeyHandle, _ name: String, to part: Int, bits: Int? = nil)
    throws(MultiBufferUnavailable)
  {
    // OpenSSL writes into a number that is there; a secure one is wiped.
    var number = unsafe BN_secure_new()
    defer { unsafe BN_clear_free(number) }
    guard unsafe EVP_PKEY_get_bn_param(key.pointer, name, &number) == 1 else { throw .unreadable(name) }
    if let bits, unsafe BN_num_bits(number) != bits {
      throw .unusual("its primes are not of \(bits) bits each")
    }
    let length = Int32(parts[part].count)
    guard unsafe BN_bn2lebinpad(number, bytes(part), length) == length else { throw .unreadable(name) }
  }

  @unsafe
  private func bytes(_ part: Int) -> UnsafeMutablePointer<UInt8>? {
    unsafe pointer(to: part)?.assumingMemoryBound(to: UInt8.self)
  }
}

extension MultiBufferUnavailable {
  fileprivate static func unreadable(_ name: String) -> MultiBufferUnavailable {
    ERR_clear_error()
    return .unusual("OpenSSL does not give its \(name)")
  }
}
