import Foundation
import Testing

@Suite struct DoctorCommandTests {
  @Test("doctor says in JSON what OpenSSL there is, whether there are lanes, and how each kind of key signs")
  func json() throws {
    let run = try idtoken("doctor", "--json")
    #expect(run.status == 0)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect((object["openssl"] as? String)?.hasPrefix("OpenSSL ") == true)
    #expect(object["fips"] as? Bool == false)
    let lanes = try #require(object["lanes"] as? String)
    #expect(lanes.hasPrefix("on, 8 signatures at a time (libcrypto_mb.so.") || lanes.hasPrefix("off: "))
    let keys = try #require(object["keys"] as? [[String: Any]])
    #expect(keys.count == 9)
    for key in keys { #expect((key["eightAtATime"] as? Bool == true) == (key["reason"] is NSNull)) }
    // No lane for P-521, wherever this runs.
    #expect(keys.first { $0["key"] as? String == "ES512 (P-521)" }?["reason"] is String)
  }

  @Test("the environment turns lanes off, and doctor says so")
  func off() throws {
    let run = try shell("IDTOKEN_MULTI_BUFFER=off idtoken doctor")
    #expect(run.status == 0 && run.output.contains("Lanes      off: IDTOKEN_MULTI_BUFFER=off"))
    let mistaken = try shell("IDTOKEN_LANES=no idtoken doctor")
    #expect(mistaken.output.contains(#"off: IDTOKEN_MULTI_BUFFER is "no"; it must be on or off"#))
  }
}
