import JOSECore
import KeyRotation
import SystemSupport
import TestSupport
import Testing

@Suite("The policy file of a ring") struct PolicyFileTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    try POSIXFileSystem().makeDirectory(directory.ring, permissions: 0o755)
  }

  private func write(_ text: String, to path: String) throws {
    try POSIXFileSystem().replace(path, with: Array(text.utf8).span, permissions: 0o644)
  }

  @Test(
    "policy.json beside the ring is read, with a slash at the end of the ring's directory or without",
    arguments: ["", "/", "//", "/.", "/./"])
  func beside(end: String) throws {
    try write(#"{"max_age": "12m"}"#, to: directory.path + "/policy.json")
    // A file in the ring is not the one beside it.
    try write(#"{"max_age": "13m"}"#, to: directory.ring + "/policy.json")
    #expect(try PolicyFile.policy(nil, beside: directory.ring + end, nil).maxAge == 720)
  }

  @Test("A file that is named counts before the one beside the ring, and that before the ring's own policy")
  func order() throws {
    let ring = try newRing()
    #expect(try PolicyFile.policy(nil, beside: directory.ring, ring) == ring.policy)
    #expect(try PolicyFile.policy(nil, beside: directory.ring, nil) == .standard)
    try write(#"{"max_age": "12m"}"#, to: directory.path + "/policy.json")
    try write(#"{"max_age": "14m"}"#, to: directory.path + "/named.json")
    let beside = try PolicyFile.policy(nil, beside: directory.ring, ring)
    #expect(beside.maxAge == 720 && beside.algorithms == ring.policy.algorithms)
    #expect(try PolicyFile.policy(directory.path + "/named.json", beside: directory.ring, ring).maxAge == 840)
  }

  @Test("A policy that is refused is named with its path, and a file that was named must be there")
  func refusals() throws {
    let path = directory.path + "/policy.json"
    try write(#"{"max_age": 12}"#, to: path)
    let error = #expect(throws: PolicyFileError.self) {
      try PolicyFile.policy(nil, beside: directory.ring, nil)
    }
    #expect(error?.description.hasPrefix("\(path): the policy is refused: max_age is 12") == true)
    let missing = #expect(throws: PolicyFileError.self) {
      try PolicyFile.policy(directory.path + "/other.json", beside: directory.ring, nil)
    }
    #expect(missing?.description.hasPrefix("could not read \(directory.path)/other.json") == true)
  }
}
