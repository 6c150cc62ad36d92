import IDTokens
import Testing

@Suite struct LoopbackHostTests {
  @Test(
    "Names and addresses of the loopback interface are recognised, in each of their forms",
    arguments: [
      "localhost", "LocalHost", "localhost.", "127.0.0.1", "127.255.0.9", "::1", "[::1]", "0:0:0:0:0:0:0:1",
      "::ffff:127.0.0.1", "[::FFFF:127.0.0.1]", "::ffff:7f00:1", "0:0:0:0:0:ffff:127.1.2.3",
    ])
  func loopback(host: String) {
    #expect(LoopbackHost.matches(host))
    guard !host.contains(":") || host.hasPrefix("[") else { return }
    #expect(LoopbackHost.matches(authority: host) && LoopbackHost.matches(authority: host + ":8080"))
  }

  @Test(
    "Other hosts, addresses that programs read differently, and malformed ones are not loopback",
    arguments: [
      "", "localhost..", "localhost.example.com", "127.0.0.1.example.com", "127.1", "127.0.0.01",
      "127.0.0.256",
      "0127.0.0.1", "2130706433", "127.0.0.+1", "128.0.0.1", "0.0.0.0", "::", "::2", "[::1", "::1]",
      "[::1]evil",
      "[localhost]", "[127.0.0.1]", "::ffff:128.0.0.1", "::ffff:7f00:1:1", "::ffff:+7f0:1", "::1%lo",
    ])
  func elsewhere(host: String) { #expect(!LoopbackHost.matches(host)) }

  @Test(
    "A malformed authority is not loopback",
    arguments: [
      "[::1]evil", "[::1]:80:1", "localhost:1:2", "localhost:x", "localhost:-1", "localhost:123456", ":80",
      "::1",
      "user@localhost", "localhost@evil.com",
    ])
  func malformed(authority: String) { #expect(!LoopbackHost.matches(authority: authority)) }
}
