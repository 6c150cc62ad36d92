import SystemSupport

/// The functions of Intel's Cryptography Primitives multi-buffer library that sign, as they were found at run time.
///
/// Each takes eight pointers for every argument, one for each slot; a slot whose pointers are null is left out.
@safe
struct MultiBufferLibrary: @unchecked Sendable {
  typealias Slots = UnsafeMutablePointer<UnsafeMutableRawPointer?>
  /// Four bits for each slot; 0 where all went well.
  typealias Status = UInt32
  typealias Method = UnsafeRawPointer

  /// r, s, hash, nonce, private scalar.
  typealias ECDSASign = @convention(c) (Slots, Slots, Slots, Slots, Slots, UnsafeMutableRawPointer?) -> Status
  /// R, S, message, its length, private key, public key.
  typealias EdDSASign =
    @convention(c) (Slots, Slots, Slots, UnsafePointer<UInt32>, Slots, Slots) -> Status
  /// From, to, p, q, dp, dq, q⁻¹ mod p.
  typealias RSAPrivate =
    @convention(c) (
      Slots, Slots, Slots, Slots, Slots, Slots, Slots, Int32, Method, UnsafeMutableRawPointer?
    ) -> Status
  /// From, to, n.
  typealias RSAPublic =
    @convention(c) (Slots, Slots, Slots, Int32, Method, UnsafeMutableRawPointer?) -> Status
  typealias RSAMethod = @convention(c) (Int32) -> Method?
  typealias RSABufferSize = @convention(c) (Method) -> Int32

  /// For a person: file and version.
  let name: String
  let signP256: ECDSASign
  let signP384: ECDSASign
  let signEd25519: EdDSASign
  let rsaPrivate: RSAPrivate
  let rsaPublic: RSAPublic
  let rsaPrivateMethod: RSAMethod
  let rsaPublicMethod: RSAMethod
  let rsaBufferSize: RSABufferSize
}

extension MultiBufferLibrary {
  /// The newest first.
  static let names = ["libcrypto_mb.so.13", "libcrypto_mb.so.12", "libcrypto_mb.so.11"]

  /// The first of `names` that is there and usable.
  static func load(_ names: [String]) throws(DynamicLibraryError) -> MultiBufferLibrary {
    var reasons: [String] = []
    for name in names {
      do throws(DynamicLibraryError) { return try MultiBufferLibrary(DynamicLibrary(name)) } catch {
        if !error.isMissing { reasons.append(error.reason) }
      }
    }
    guard reasons.isEmpty else { throw DynamicLibraryError(reason: reasons.joined(separator: "; ")) }
    throw DynamicLibraryError(
      reason: "the multi-buffer library is not installed (looked for \(names.joined(separator: ", ")))")
  }

  private init(_ library: DynamicLibrary) throws(DynamicLibraryError) {
    let version = try Self.version(of: library)
    name = "\(library.name), version \(version)"
    try Self.checkProcessor(library)
    unsafe signP256 = try library.function("mbx_nistp256_ecdsa_sign_mb8")
    unsafe signP384 = try library.function("mbx_nistp384_ecdsa_sign_mb8")
    unsafe signEd25519 = try library.function("mbx_ed25519_sign_mb8")
    unsafe rsaPrivate = try library.function("mbx_rsa_private_crt_mb8")
    unsafe rsaPublic = try library.function("mbx_rsa_public_mb8")
    unsafe rsaPrivateMethod = try library.function("mbx_RSA_private_crt_Method")
    unsafe rsaPublicMethod = try library.function("mbx_RSA_pub65537_Method")
    unsafe rsaBufferSize = try library.function("mbx_RSA_Method_BufSize")
  }

  /// The library says itself whether the processor has the instructions that it needs (AVX-512 IFMA).
  private static func checkProcessor(_ library: DynamicLibrary) throws(DynamicLibraryError) {
    typealias IsApplicable = @convention(c) (UInt64) -> Int32
    let isApplicable: IsApplicable = unsafe try library.function("mbx_is_crypto_mb_applicable")
    guard isApplicable(0) == 1 else {
      throw DynamicLibraryError(reason: "\(library.name) says that this processor lacks AVX-512 IFMA")
    }
  }
}

extension MultiBufferLibrary {
  struct Version: Comparable, CustomStringConvertible {
    let numbers: [Int32]
    var description: String { numbers.map(String.init).joined(separator: ".") }
    static func < (left: Version, right: Version) -> Bool {
      left.numbers.lexicographicallyPrecedes(right.numbers)
    }

    /// The oldest that was tried.
    static let oldest = Version(numbers: [1, 0, 14])
  }

  private static func version(of library: DynamicLibrary) throws(DynamicLibraryError) -> Version {
    typealias GetVersion = @convention(c) () -> UnsafePointer<Int32>?
    let getVersion: GetVersion = unsafe try library.function("mbx_getversion")
    guard let numbers = unsafe getVersion() else {
      throw DynamicLibraryError(reason: "\(library.name) doesn't tell its version")
    }
    // `mbxVersion` begins with major, minor and revision.
    let version = unsafe Version(numbers: [numbers[0], numbers[1], numbers[2]])
    guard version >= .oldest else {
      throw DynamicLibraryError(
        reason: "\(library.name) is version \(version), too old: \(Version.oldest) or later is needed")
    }
    return version
  }
}

extension DynamicLibrary {
  @unsafe
  fileprivate func function<Function>(_ name: String) throws(DynamicLibraryError) -> Function {
    unsafe unsafeBitCast(try symbol(name), to: Function.self)
  }
}
