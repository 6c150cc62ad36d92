import COpenSSL

/// The SHA-2 hashes that JWA's algorithms use (FIPS 180-4).
package enum MessageDigest: Sendable, CaseIterable {
  case sha256, sha384, sha512

  /// Bytes of the hash value.
  package var length: Int {
    switch self {
    case .sha256: 32
    case .sha384: 48
    case .sha512: 64
    }
  }

  /// Bytes of the block that HMAC pads its key to (RFC 2104 §2).
  var blockLength: Int { self == .sha256 ? 64 : 128 }

  var name: String {
    switch self {
    case .sha256: "SHA256"
    case .sha384: "SHA384"
    case .sha512: "SHA512"
    }
  }

  /// The implementation, looked up by name once for each process: the look-up costs more than a short hash.
  func fetched() throws(JWAError) -> OpaquePointer {
    let digest =
      switch self {
      case .sha256: FetchedDigest.sha256
      case .sha384: FetchedDigest.sha384
      case .sha512: FetchedDigest.sha512
      }
    guard let pointer = unsafe digest.pointer else {
      throw .openSSL(operation: "fetch \(name)", reason: "no loaded provider offers it")
    }
    return unsafe pointer
  }
}

/// An `EVP_MD` that lives as long as the process.
@safe
private struct FetchedDigest: @unchecked Sendable {
  let pointer: OpaquePointer?

  init(_ digest: MessageDigest) { unsafe pointer = EVP_MD_fetch(nil, digest.name, nil) }

  static let sha256 = FetchedDigest(.sha256)
  static let sha384 = FetchedDigest(.sha384)
  static let sha512 = FetchedDigest(.sha512)
}

/// ConcurrencyLimit for the longest hash value; how much of it counts is the digest's `length`.
typealias DigestValue = InlineArray<64, UInt8>
