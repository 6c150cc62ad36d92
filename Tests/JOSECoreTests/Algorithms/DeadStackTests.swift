#if os(Linux)
import Foundation
import Testing

@testable import JOSECore

@Suite("An HMAC key that is gone", .enabled(if: Sanitizer.isAbsent, Sanitizer.comment))
struct DeadStackTests {
  private static let secret = [UInt8](0..<200)

  @Test("leaves no copy of itself on the stack", arguments: [MessageDigest.sha256, .sha384, .sha512])
  func key(digest: MessageDigest) throws {
    // A secret that is longer than the block is hashed first (RFC 2104 §2); that hash is as good as the secret.
    let hash = try digest.hash(Self.secret.span)
    let short = Array(Self.secret.prefix(digest.blockLength))
    let secrets = [Self.secret, short].map { SecretBytes($0) }
    let stack = try DeadStack()
    try Self.makeAndDrop(digest, secrets[0])
    let afterLong = stack.bytes()
    try Self.makeAndDrop(digest, secrets[1])
    let afterShort = stack.bytes()
    for mask: UInt8 in [0, 0x36, 0x5c] {
      let copies = [(afterLong, hash), (afterShort, short)].map { stack, key in
        stack.contains(key.prefix(16).map { $0 ^ mask })
      }
      #expect(copies == [false, false])
    }
  }

  @Test("would be found there")
  func control() throws {
    let stack = try DeadStack()
    Self.leave(0xa7)
    let isFound = stack.bytes().contains([UInt8](repeating: 0xa7, count: 16))
    #expect(isFound)
  }

  @inline(never)
  private static func makeAndDrop(_ digest: MessageDigest, _ secret: SecretBytes) throws {
    let key = try HMACKey(digest, secret)
    #expect(key.digest == digest)
  }

  @inline(never)
  private static func leave(_ byte: UInt8) {
    withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { memory in
      for index in memory.indices { memory[index] = byte }
    }
  }
}

/// What earlier calls have left below the caller's frame.
private struct DeadStack {
  private let file: Int32
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

  init() throws {
    file = open("/proc/self/mem", O_RDONLY)
    guard file >= 0 else { throw CocoaError(.fileNoSuchFile) }
  }

  @inline(never)
  func bytes() -> [UInt8] {
    var here = 0
    let count = withUnsafePointer(to: &here) { here in
      pread(file, buffer.baseAddress, buffer.count, off_t(Int(bitPattern: here) - buffer.count))
    }
    return Array(buffer.prefix(max(0, count)))
  }
}

extension [UInt8] {
  fileprivate func contains(_ pattern: [UInt8]) -> Bool { Data(self).range(of: Data(pattern)) != nil }
}
#endif
