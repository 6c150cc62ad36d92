import COpenSSL

@testable import JOSECore

/// The library's functions, made of OpenSSL's numbers: what calls them is tested on every processor, and with results
/// that are wrong where a test asks for that.
enum SoftwareLibrary {
  static let library = MultiBufferLibrary(
    name: "software",
    signP256: { r, s, hash, k, d, _ in signECDSA(NID_X9_62_prime256v1, 32, r, s, hash, k, d) },
    signP384: { r, s, hash, k, d, _ in signECDSA(NID_secp384r1, 48, r, s, hash, k, d) },
    signEd25519: { r, s, messages, lengths, keys, _ in signEd25519(r, s, messages, lengths, keys) },
    rsaPrivate: { from, to, p, q, dp, dq, inverse, bits, _, _ in
      signRSA(from, to, [p, q, dp, dq, inverse], bits)
    },
    rsaPublic: { from, to, n, bits, _, _ in verifyRSA(from, to, n, bits) },
    // Nobody looks behind it.
    rsaPrivateMethod: { UnsafeRawPointer(bitPattern: Int($0)) },
    rsaPublicMethod: { UnsafeRawPointer(bitPattern: Int($0)) },
    rsaBufferSize: { _ in 64 })

  /// What the functions do wrong in this task.
  struct Lie {
    /// Set in the status beside what is true.
    var status: UInt32 = 0
    /// The slots whose signatures have a bit changed.
    var wrongSlots: [Int] = []
    /// The same as `status` for the check with an RSA public key.
    var checkStatus: UInt32 = 0
  }

  @TaskLocal static var lie = Lie()

  private static func tell(_ signatures: MultiBufferLibrary.Slots) -> MultiBufferLibrary.Status {
    for slot in lie.wrongSlots { signatures[slot]?.assumingMemoryBound(to: UInt8.self)[7] ^= 0x10 }
    return lie.status
  }
}

extension SoftwareLibrary {
  private typealias Slots = MultiBufferLibrary.Slots

  /// FIPS 186-5 §6.4.1: s = k⁻¹(h + r·d) mod n.
  private static func signECDSA(
    _ curve: Int32, _ length: Int32, _ r: Slots, _ s: Slots, _ hash: Slots, _ nonce: Slots, _ scalar: Slots
  ) -> MultiBufferLibrary.Status {
    let group = EC_GROUP_new_by_curve_name(curve)
    defer { EC_GROUP_free(group) }
    for slot in 0..<8 where r[slot] != nil {
      let (k, d) = (
        BigNumber(littleEndian: nonce[slot], length), BigNumber(littleEndian: scalar[slot], length)
      )
      let n = BigNumber(copying: EC_GROUP_get0_order(group))
      let rValue = BigNumber.x(k, on: group).modulo(n)
      let sum = BigNumber(bigEndian: hash[slot], length).adding(rValue.times(d, n), n)
      rValue.write(bigEndian: r[slot], length)
      k.inverse(n).times(sum, n).write(bigEndian: s[slot], length)
    }
    return tell(s)
  }

  private static func signEd25519(
    _ r: Slots, _ s: Slots, _ message: Slots, _ lengths: UnsafePointer<UInt32>, _ privateKey: Slots
  ) -> MultiBufferLibrary.Status {
    for slot in 0..<8 where r[slot] != nil {
      let key = EVP_PKEY_new_raw_private_key(
        EVP_PKEY_ED25519, nil, privateKey[slot]?.assumingMemoryBound(to: UInt8.self), 32)
      let context = EVP_MD_CTX_new()
      defer {
        EVP_PKEY_free(key)
        EVP_MD_CTX_free(context)
      }
      var signature = [UInt8](repeating: 0, count: 64)
      var length = 64
      EVP_DigestSignInit(context, nil, nil, nil, key)
      EVP_DigestSign(
        context, &signature, &length, message[slot]?.assumingMemoryBound(to: UInt8.self), Int(lengths[slot]))
      r[slot]?.copyMemory(from: signature, byteCount: 32)
      s[slot]?.copyMemory(from: Array(signature.dropFirst(32)), byteCount: 32)
    }
    return tell(s)
  }

  /// RFC 8017 §5.1.2 step 2b: m = m₂ + q·((m₁ − m₂)·q⁻¹ mod p).
  private static func signRSA(
    _ from: Slots, _ to: Slots, _ key: [Slots], _ bits: Int32
  ) -> MultiBufferLibrary.Status {
    for slot in 0..<8 where from[slot] != nil {
      let parts = key.map { BigNumber(littleEndian: $0[slot], bits / 16) }
      let (p, q, inverse) = (parts[0], parts[1], parts[4])
      let message = BigNumber(bigEndian: from[slot], bits / 8)
      let (m1, m2) = (message.power(parts[2], p), message.power(parts[3], q))
      let result = m2.plus(q.product(m1.subtracting(m2, p).times(inverse, p)))
      result.write(bigEndian: to[slot], bits / 8)
    }
    return tell(to)
  }

  private static func verifyRSA(
    _ from: Slots, _ to: Slots, _ modulus: Slots, _ bits: Int32
  ) -> MultiBufferLibrary.Status {
    for slot in 0..<8 where from[slot] != nil {
      let n = BigNumber(littleEndian: modulus[slot], bits / 8)
      let signature = BigNumber(bigEndian: from[slot], bits / 8)
      signature.power(BigNumber(65537), n).write(bigEndian: to[slot], bits / 8)
    }
    return lie.checkStatus
  }
}
