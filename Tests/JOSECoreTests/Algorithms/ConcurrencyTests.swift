import JOSECore
import Testing

@Suite("Several tasks, each with a signer of its own")
struct ConcurrencyTests {
  @Test("share keys and an absorbed prefix", arguments: Algorithm.allCases)
  func sharedKeys(_ algorithm: Algorithm) async throws {
    let key = try Sample.signingKey(algorithm)
    let verifier = try key.verificationKey()
    let beginning = Array(
      "a common beginning of more than one block of the hash, so that it is absorbed.".utf8)
    let prefix = try key.midstate(after: beginning.span)
    let accepted = try await withThrowingTaskGroup(of: Int.self) { group in
      for task in 0..<8 {
        group.addTask {
          var signer = try Signer()
          return try (0..<25).count { number in
            let message = beginning + Array("task \(task) message \(number)".utf8)
            let signature = try signer.signature(of: message, with: key, resuming: prefix)
            return try verifier.accepts(signature, for: message)
          }
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(accepted == 8 * 25)
  }

  @Test("make and drop keys at the same time")
  func ownKeys() async throws {
    let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<40 {
        group.addTask {
          let key = try SigningKey.generate(.es256)
          let signature = try key.signature(of: AlgorithmTests.message)
          return try key.verificationKey().accepts(signature, for: AlgorithmTests.message)
        }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(accepted == 40)
  }
}
