import Foundation
import Testing

@Suite struct DoctorCommandTests {
  @Test("doctor --json names OpenSSL, the multi-buffer library, and how each kind of key signs")
  func json() throws {
    let run = try idtoken("doctor", "--json")
    #expect(run.status == 0)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect((object["openssl"] as? String)?.hasPrefix("OpenSSL ") == true)
    #expect(object["fips"] as? Bool == false)
    let status = try #require(object["multiBuffer"] as? String)
    #expect(status.hasPrefix("on, 8 signatures at a time (libcrypto_mb.so.") || status.hasPrefix("off: "))
    #expect(object["lanes"] as? String == status, "the member's earlier name")
    let keys = try #require(object["keys"] as? [[String: Any]])
    #expect(keys.count == 9)
    for key in keys { #expect((key["eightAtATime"] as? Bool == true) == (key["reason"] is NSNull)) }
    // The library has no P-521, wherever this runs.
    #expect(keys.first { $0["key"] as? String == "ES512 (P-521)" }?["reason"] is String)
  }

  @Test("doctor says that the environment turns the multi-buffer library off")
  func off() throws {
    let run = try shell("IDTOKEN_MULTI_BUFFER=off idtoken doctor")
    #expect(run.status == 0 && run.output.contains("Multi-buffer  off: IDTOKEN_MULTI_BUFFER=off"))
    let mistaken = try shell("IDTOKEN_LANES=no idtoken doctor")
    #expect(mistaken.output.contains(#"off: IDTOKEN_MULTI_BUFFER is "no"; it must be on or off"#))
  }
}
