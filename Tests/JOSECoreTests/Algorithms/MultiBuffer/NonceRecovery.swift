import COpenSSL

@testable import JOSECore

/// The nonces of ECDSA signatures, computed with the private key: k = s⁻¹(h + r·d) mod n.
final class NonceRecovery {
  let order: BigNumber
  let byteCount: Int
  private let group: OpaquePointer?
  private let privateKey: BigNumber

  init(_ key: PrivateKey) throws {
    byteCount = key.kind.signatureLength / 2
    group = EC_GROUP_new_by_curve_name(byteCount == 48 ? NID_secp384r1 : NID_X9_62_prime256v1)
    order = BigNumber(copying: EC_GROUP_get0_order(group))
    privateKey = BigNumber(try key.handle.component("priv"))
  }

  deinit { EC_GROUP_free(group) }

  /// Big-endian, in [0, n−1].
  func nonce(of signature: [UInt8], hash: BigNumber) -> BigNumber {
    let (r, s) = (BigNumber(signature.prefix(byteCount)), BigNumber(signature.suffix(byteCount)))
    return hash.adding(r.times(privateKey, order), order).times(s.inverse(order), order)
  }

  /// Whether r is the x-coordinate of k·G: else `nonce` has reckoned something else.
  func matches(_ nonce: BigNumber, _ signature: [UInt8]) -> Bool {
    BigNumber.x(nonce, on: group).modulo(order) == BigNumber(signature.prefix(byteCount))
  }
}
