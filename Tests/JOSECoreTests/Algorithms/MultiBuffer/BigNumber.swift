import COpenSSL

/// OpenSSL's arithmetic for the tests' own reckoning. A number never changes after it is made.
final class BigNumber: @unchecked Sendable {
  private let number = BN_new()

  init(_ value: UInt) { BN_set_word(number, numericCast(value)) }
  init(copying other: OpaquePointer?) { BN_copy(number, other) }

  init(littleEndian bytes: UnsafeRawPointer?, _ count: Int32) {
    BN_lebin2bn(bytes?.assumingMemoryBound(to: UInt8.self), count, number)
  }

  init(bigEndian bytes: UnsafeRawPointer?, _ count: Int32) {
    BN_bin2bn(bytes?.assumingMemoryBound(to: UInt8.self), count, number)
  }

  convenience init(_ bytes: some Collection<UInt8>) {
    let bytes = Array(bytes)
    self.init(bigEndian: bytes, Int32(bytes.count))
  }

  private init(_ operation: (OpaquePointer?, OpaquePointer?) -> Int32) {
    let context = BN_CTX_new()
    defer { BN_CTX_free(context) }
    precondition(operation(number, context) == 1, "OpenSSL reckons")
  }

  deinit { BN_free(number) }

  func write(bigEndian bytes: UnsafeMutableRawPointer?, _ count: Int32) {
    precondition(
      BN_bn2binpad(number, bytes?.assumingMemoryBound(to: UInt8.self), count) == count, "\(count) bytes")
  }

  func bytes(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    write(bigEndian: &bytes, Int32(count))
    return bytes
  }
}

extension BigNumber {
  func plus(_ other: BigNumber) -> BigNumber { BigNumber { sum, _ in BN_add(sum, number, other.number) } }
  func minus(_ other: BigNumber) -> BigNumber { BigNumber { sum, _ in BN_sub(sum, number, other.number) } }
  func product(_ other: BigNumber) -> BigNumber { BigNumber { BN_mul($0, number, other.number, $1) } }
  func modulo(_ n: BigNumber) -> BigNumber { BigNumber { BN_nnmod($0, number, n.number, $1) } }

  func adding(_ other: BigNumber, _ n: BigNumber) -> BigNumber {
    BigNumber { BN_mod_add($0, number, other.number, n.number, $1) }
  }
  func subtracting(_ other: BigNumber, _ n: BigNumber) -> BigNumber {
    BigNumber { BN_mod_sub($0, number, other.number, n.number, $1) }
  }
  func times(_ other: BigNumber, _ n: BigNumber) -> BigNumber {
    BigNumber { BN_mod_mul($0, number, other.number, n.number, $1) }
  }
  func power(_ exponent: BigNumber, _ n: BigNumber) -> BigNumber {
    // The simple one takes even moduli as well, which a changed prime may be.
    BigNumber { BN_mod_exp_simple($0, number, exponent.number, n.number, $1) }
  }
  func inverse(_ n: BigNumber) -> BigNumber {
    BigNumber { BN_mod_inverse($0, number, n.number, $1) == nil ? 0 : 1 }
  }

  /// The x-coordinate of k·G.
  static func x(_ k: BigNumber, on group: OpaquePointer?) -> BigNumber {
    let point = EC_POINT_new(group)
    defer { EC_POINT_free(point) }
    return BigNumber { x, context in
      EC_POINT_mul(group, point, k.number, nil, nil, context)
        & EC_POINT_get_affine_coordinates(group, point, x, nil, context)
    }
  }

  static func prime(bits: Int) -> BigNumber {
    BigNumber { prime, _ in BN_generate_prime_ex(prime, Int32(bits), 0, nil, nil, nil) }
  }

  var bitCount: Int { Int(BN_num_bits(number)) }
  var byteCount: Int { (bitCount + 7) / 8 }
  var isZero: Bool { BN_is_zero(number) == 1 }
  static func == (left: BigNumber, right: BigNumber) -> Bool { BN_cmp(left.number, right.number) == 0 }
}
