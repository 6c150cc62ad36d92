import IDTokens
import JOSECore
import KeyRotation
import TestSupport
import Testing

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Each body runs in a process of its own, where no other test's thread can hold a lock while it forks.
@Suite struct ForkTests {
  @Test("A child process and its parent never hand out the same random bytes")
  func randomBuffer() async {
    await #expect(processExitsWith: .success) {
      var random = RandomBuffer()
      _ = try random.next()
      let theirs = try inChild { try random.next().span.map { $0 } }
      let ours = try random.next().span.map { $0 }
      #expect(theirs.count == 16)
      #expect(theirs != ours)
    }
  }

  @Test("A token minted in a child process has another jti than its parent's next one")
  func tokens() async {
    await #expect(processExitsWith: .success) {
      let issuer = ShopifyIssuer(clock: .fixed(Sample.now))
      let series = try issuer.session(Sample.content(), ClientSecret(Sample.secret))
      _ = try series.token()
      let theirs = try inChild { Array(try series.token().text.utf8) }
      let ours = try series.token().text
      #expect(try Sample.secretVerifier().verify(ours, at: Sample.now).subject == "42")
      #expect(theirs.count == ours.utf8.count)
      #expect(String(decoding: theirs, as: UTF8.self) != ours)
    }
  }

  @Test(
    "Two children of one process and their parent mint three jtis, also where a minter's buffer was half used"
  )
  func siblings() async {
    await #expect(processExitsWith: .success) {
      var minter = try TokenMinter()
      let template = try PreparedToken(Sample.content(), secret: ClientSecret(Sample.secret))
      let mint = {
        try [UInt8](capacity: template.maximumLength) { (output) throws(IDTokenError) in
          try minter.mint(template, at: Sample.now, into: &output)
        }
      }
      _ = try mint()
      let tokens = [try inChild(mint), try inChild(mint), try mint()]
      let verifier = try Sample.secretVerifier()
      let identifiers = try tokens.map { token in
        try verifier.verify(String(decoding: token, as: UTF8.self), at: Sample.now).tokenID
      }
      #expect(Set(identifiers).count == 3)
    }
  }

  @Test(
    "Nor do they sign with one nonce, eight at a time or alone", arguments: [8, 1])
  func nonces(count: Int) async {
    await #expect(processExitsWith: .success) { [count] in
      var minter = try TokenMinter()
      let template = try PreparedToken(
        Sample.content(), issuer: IssuerURL(Sample.issuer), key: RingSigningKey.generate(.es256))
      let rs = {
        var ends: [Int] = []
        let tokens = try [UInt8](capacity: count * template.maximumLength) {
          (output) throws(IDTokenError) in
          ends = try [Int](capacity: count) { (ends) throws(IDTokenError) in
            try minter.mint(
              Array(repeating: template, count: count).span, at: Sample.now, into: &output, ends: &ends)
          }
        }
        // r is the first half of the signature, which is the last 86 characters.
        return ends.flatMap { tokens[($0 - 86)..<($0 - 44)] }
      }
      _ = try rs()
      let all = [try inChild(rs), try inChild(rs), try rs()]
      #expect(all.allSatisfy { $0.count == 42 * count })
      let each = all.flatMap { bytes in
        stride(from: 0, to: bytes.count, by: 42).map { Array(bytes[$0..<($0 + 42)]) }
      }
      #expect(Set(each).count == 3 * count)
    }
  }
}

/// Runs `body` in a forked child and returns the bytes it answers with; none if it fails or takes ten seconds.
private func inChild(_ body: () throws -> [UInt8]) throws -> [UInt8] {
  var ends: [Int32] = [0, 0]
  try #require(pipe(&ends) == 0)
  // Swift hides `fork`, since a child may use little of a threaded process; this process has one thread at work.
  let fork = unsafeBitCast(try #require(dlsym(nil, "fork")), to: (@convention(c) () -> Int32).self)
  let child = fork()
  try #require(child >= 0)
  if child == 0 {
    alarm(10)
    let bytes = (try? body()) ?? []
    _ = write(ends[1], bytes, bytes.count)
    _exit(0)
  }
  close(ends[1])
  var bytes = [UInt8](repeating: 0, count: 4096)
  let count = read(ends[0], &bytes, bytes.count)
  close(ends[0])
  var status: Int32 = 0
  waitpid(child, &status, 0)
  return Array(bytes.prefix(max(0, count)))
}
