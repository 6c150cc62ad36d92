import SystemSupport
import Testing

@testable import JOSECore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

@Suite("What multi-buffer signing keeps of a key") struct MultiBufferMemoryTests {
  private static let multiBuffer = MultiBufferSigner(SoftwareLibrary.library)

  #if os(Linux)
  @Test(
    "is in locked pages that no core dump has", .enabled(if: Sanitizer.isAbsent, Sanitizer.comment),
    arguments: BatchSignerTests.algorithms)
  func locked(algorithm: Algorithm) throws {
    let key = try Sample.newSigningKey(algorithm)
    let multiBufferKey = try #require(Self.multiBuffer.multiBufferKey(key)).get()
    try withExtendedLifetime(multiBufferKey) {
      let flags = try MemoryFlags.of(#require(multiBufferKey.pointer(to: 0)))
      #expect(flags.isSuperset(of: ["lo", "dd"]))
    }
  }

  @Test(
    "and its nonces too", .enabled(if: Sanitizer.isAbsent, Sanitizer.comment),
    arguments: [MultiBufferKeyKind.p256, .p384])
  func lockedNonces(kind: MultiBufferKeyKind) throws {
    let nonces = try #require(Nonces(kind))
    try withExtendedLifetime(nonces) {
      let flags = try MemoryFlags.of(#require(nonces.pointer(0)))
      // "wf": a forked child gets zeros.
      #expect(flags.isSuperset(of: ["lo", "dd", "wf"]))
    }
  }

  @Test("is kept by a forked child, and nonces are not")
  func fork() async {
    await #expect(processExitsWith: .success) {
      let key = try Sample.newSigningKey(.es256)
      let made = try #require(MultiBufferSigner(SoftwareLibrary.library).multiBufferKey(key)).get()
      let nonces = try #require(Nonces(.p256))
      let nonce = try #require(nonces.pointer(0)).assumingMemoryBound(to: UInt8.self)
      nonce[0] = 0xa5
      let fork = unsafeBitCast(try #require(dlsym(nil, "fork")), to: (@convention(c) () -> Int32).self)
      let child = fork()
      if child == 0 { _exit(nonce[0] == 0 && made.isIntact && made.hasScalar ? 0 : 1) }
      var status: Int32 = -1
      waitpid(child, &status, 0)
      #expect(status == 0)
      #expect(nonce[0] == 0xa5)
      withExtendedLifetime((made, nonces)) {}
    }
  }
  #endif

  @Test("is wiped when it is asked to be")
  func wiped() throws {
    guard let memory = LockedMemory(byteCount: 5000) else { throw LockedMemoryLimit.Failure() }
    let bytes = memory.bytes(0..<5000)
    for index in bytes.indices { bytes[index] = 0xa5 }
    memory.wipe()
    #expect(bytes.allSatisfy { $0 == 0 })
  }

  @Test(
    "leaves no nonce behind a signature, nor anything where RSA was reckoned", arguments: SigningWay.allCases)
  func wipedAfterUse(way: SigningWay) throws {
    guard let library = way.multiBuffer.library else { return }
    for algorithm in [Algorithm.es256, .es384, .rs256] {
      let key = try Sample.newSigningKey(algorithm)
      let multiBufferKey = try #require(way.multiBuffer.multiBufferKey(key)).get()
      let context = try #require(MultiBufferContext(multiBufferKey.kind, library))
      let input = try #require(algorithm.digest).hash([1, 2, 3].span)
      for index in 0..<8 { context.add(input.span, key, multiBufferKey, ticket: index) }
      _ = try context.sign()
      for index in 0..<8 {
        let nonce = context.nonces.flatMap { $0.pointer(index) }
        if let nonce { #expect(bytes(nonce, multiBufferKey.kind.componentLength).allSatisfy { $0 == 0 }) }
        context.rsa?.scratch.withBytes(index) { left in
          #expect(left.indices.allSatisfy { left[$0] == 0 })
        }
      }
    }
  }

  private func bytes(_ pointer: UnsafeRawPointer, _ count: Int) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: pointer, count: count))
  }

  @Test(
    "is not there where the system locks no memory: OpenSSL signs, and it says so",
    .enabled(if: Sanitizer.isAbsent, Sanitizer.comment), arguments: 0...2)
  func noLockedMemory(pages: Int) async {
    await #expect(processExitsWith: .success) { [pages] in
      let keys = try BatchSignerTests.algorithms.map { try Sample.newSigningKey($0) }
      try LockedMemoryLimit.set(pages: pages)
      let multiBuffer = MultiBufferSigner(SoftwareLibrary.library)
      let message = Array("a message".utf8)
      var signer = try BatchSigner(multiBuffer)
      for key in keys {
        for signature in try signer.signatures(9, of: message, with: key) {
          #expect(try key.verificationKey().accepts(signature, for: message))
        }
      }
      #expect(multiBuffer.faults == 0)
      // One page is the first key's, and one the nonces'.
      let refusals = keys.map { multiBuffer.unavailabilityReason(for: $0) }
      #expect(
        refusals.last == "the system locks no more memory for this process; raise the limit (ulimit -l)")
      #expect((refusals[0] == nil) == (pages == 2))
    }
  }

  @Test("is not in the same page of another one")
  func pagesOfTheirOwn() throws {
    let keys = try (0..<2).map { _ in
      try #require(Self.multiBuffer.multiBufferKey(Sample.newSigningKey(.es256))).get()
    }
    withExtendedLifetime(keys) {
      #expect(Set(keys.map { UInt(bitPattern: $0.pointer(to: 0)) / 4096 }).count == 2)
    }
  }
}

extension MultiBufferKey {
  /// Whether the private scalar is other than zero.
  fileprivate var hasScalar: Bool {
    let bytes = UnsafeRawBufferPointer(start: pointer(to: 0), count: kind.componentLength)
    return bytes.contains { $0 != 0 }
  }
}

enum Sanitizer {
  static let comment: Comment = "a sanitizer takes mlock(2) away"
  static let isAbsent = !(isLinked("__asan_init") || isLinked("__tsan_init"))

  private static func isLinked(_ name: String) -> Bool { dlsym(dlopen(nil, RTLD_NOW), name) != nil }
}

enum LockedMemoryLimit {
  struct Failure: Error {}

  /// Lets this process lock so many pages and no more.
  static func set(pages: Int) throws {
    let bytes = rlim_t(pages * sysconf(Int32(_SC_PAGESIZE)))
    var limit = rlimit(rlim_cur: bytes, rlim_max: bytes)
    #if canImport(Darwin) || canImport(Musl)
    let resource = RLIMIT_MEMLOCK
    #else
    let resource = __rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue)
    #endif
    guard setrlimit(resource, &limit) == 0 else { throw Failure() }
    // The limit is nothing to root.
    if geteuid() == 0, seteuid(65534) != 0 { throw Failure() }
  }
}

enum MemoryFlags {
  /// The `VmFlags` of an address in this process's memory (proc_pid_smaps(5)).
  static func of(_ address: UnsafeRawPointer) throws -> Set<Substring> {
    let maps = try POSIXFileSystem().contents(of: "/proc/self/smaps", limit: 1 << 26).bytes
    let text = String(decoding: maps, as: UTF8.self)
    var isThere = false
    for line in text.split(separator: "\n") {
      if let range = addresses(line) { isThere = range.contains(UInt(bitPattern: address)) }
      if isThere, line.hasPrefix("VmFlags:") { return Set(line.split(separator: " ").dropFirst()) }
    }
    return []
  }

  /// `7f00-7fff r-xp …`.
  private static func addresses(_ line: Substring) -> Range<UInt>? {
    let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
    return ends.count == 2 ? ends[0]..<ends[1] : nil
  }
}
