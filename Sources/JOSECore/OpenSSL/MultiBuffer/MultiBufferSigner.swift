import Synchronization
import SystemSupport

/// The processor's vector lanes: eight signatures at once, through Intel's multi-buffer library where that is installed and
/// the processor has what it needs (AVX-512 IFMA).
///
/// With them or without them signatures can't be told apart; without them OpenSSL makes them one by one. It is also off
/// where OpenSSL works in FIPS mode, because the library isn't validated.
public final class MultiBufferSigner: Sendable {
  package enum Status: Sendable, Equatable {
    /// - Parameter library: its file and version.
    case on(library: String)
    case off(reason: String)
  }

  package let status: Status
  let library: MultiBufferLibrary?
  private let faultCount = Atomic<Int>(0)

  /// What every signer uses that isn't told otherwise: the library is looked for when the first one asks. The environment
  /// variable `IDTOKEN_MULTI_BUFFER=off` turns it off.
  public static let shared = MultiBufferSigner(
    setting: ProcessEnvironment[environmentVariable] ?? ProcessEnvironment[formerEnvironmentVariable],
    libraries: MultiBufferLibrary.names)

  /// OpenSSL alone.
  public static let off = MultiBufferSigner(off: "turned off")

  public static let environmentVariable = "IDTOKEN_MULTI_BUFFER"
  /// Its name in earlier versions, which is read too.
  private static let formerEnvironmentVariable = "IDTOKEN_LANES"

  /// - Parameter libraries: where to look, in order.
  package convenience init(setting: String?, libraries: [String]) {
    switch setting {
    case nil, "on": break
    case "off":
      self.init(off: "\(Self.environmentVariable)=off")
      return
    case let other?:
      self.init(off: "\(Self.environmentVariable) is \(other.debugDescription); it must be on or off")
      return
    }
    guard !OpenSSLLibrary.isInFIPSMode else {
      self.init(off: "OpenSSL is in FIPS mode, and the multi-buffer library is not validated")
      return
    }
    do throws(DynamicLibraryError) { self.init(try MultiBufferLibrary.load(libraries)) } catch {
      self.init(off: error.reason)
    }
  }

  private init(off reason: String) { (status, library) = (.off(reason: reason), nil) }

  init(_ library: MultiBufferLibrary) {
    (status, self.library) = (.on(library: library.name), library)
  }

  /// Signatures that OpenSSL had to make again: the library reported a failure, the key's copy in memory was damaged,
  /// or an RSA signature did not verify. ECDSA and Ed25519 signatures are not verified one by one.
  public var faults: Int { faultCount.load(ordering: .relaxed) }

  func count(_ failed: FailedSlots, of count: Int) {
    let number = (0..<count).count { failed.contains($0) }
    if number > 0 { faultCount.add(number, ordering: .relaxed) }
  }
}

extension MultiBufferSigner: CustomStringConvertible {
  public var description: String {
    switch status {
    case .on(let library): "on, \(MultiBufferKeyKind.slotCount) signatures at a time (\(library))"
    case .off(let reason): "off: \(reason)"
    }
  }
}

extension MultiBufferSigner {
  /// Why a key's signatures are made by OpenSSL, one by one; `nil` where the library makes them.
  public func unavailabilityReason(for key: SigningKey) -> String? {
    switch multiBufferKey(key) {
    case nil:
      if case .off(let reason) = status {
        reason
      } else {
        "the multi-buffer library has nothing for \(key.privateKey.map { "\($0.kind)" } ?? "a secret")"
      }
    case .failure(let refusal): refusal.description
    case .success: nil
    }
  }

  /// What the library needs of a key; it has signed a known message on every slot, and OpenSSL has verified each signature.
  func multiBufferKey(_ key: SigningKey) -> Result<MultiBufferKey, MultiBufferUnavailable>? {
    guard let library, let kind = key.multiBufferKind, let privateKey = key.privateKey else { return nil }
    return key.multiBufferKey.key(self) {
      Result { () throws(MultiBufferUnavailable) in
        let multiBufferKey = try MultiBufferKey(kind, privateKey.handle)
        try test(key, multiBufferKey, library)
        return multiBufferKey
      }
    }
  }

  private func test(
    _ key: SigningKey, _ multiBufferKey: MultiBufferKey, _ library: MultiBufferLibrary
  ) throws(MultiBufferUnavailable) {
    guard let context = MultiBufferContext(multiBufferKey.kind, library) else { throw .noLockedMemory }
    let failed: Int?
    do throws(JOSEError) { failed = try firstFailedSlot(key, multiBufferKey, context) } catch { failed = 0 }
    if let failed { throw .failedTest(slot: failed) }
  }

  private func firstFailedSlot(
    _ key: SigningKey, _ multiBufferKey: MultiBufferKey, _ context: MultiBufferContext
  ) throws(JOSEError) -> Int? {
    // No JWS: a JWS signing input has a dot.
    let message = Array("swift-id-tokens signs a known message".utf8)
    let input = try key.algorithm.digest?.hash(message.span) ?? message
    for slot in 0..<MultiBufferKeyKind.slotCount {
      context.add(input.span, key, multiBufferKey, ticket: slot)
    }
    let failed = try context.sign()
    guard let publicKey = key.publicKey else { return 0 }
    let verificationKey = try VerificationKey(key.algorithm, publicKey)
    for slot in 0..<MultiBufferKeyKind.slotCount {
      let isValid = try context.signatures.withBytes(slot) { (signature) throws(JOSEError) in
        try verificationKey.isValid(signature, for: message.span)
      }
      guard isValid, !failed.contains(slot) else { return slot }
    }
    return nil
  }
}
