import Foundation
import Testing

@testable import JOSECore

@Suite("A key whose first signatures are being tested") struct MultiBufferKeyCacheTests {
  private let multiBuffer = MultiBufferSigner(SoftwareLibrary.library)

  @Test("keeps nobody waiting: OpenSSL signs for callers meanwhile")
  func meanwhile() throws {
    let (slot, multiBuffer) = (MultiBufferKeyCache(), multiBuffer)
    let making = Making(slot, multiBuffer)
    #expect(Self.refusal(slot, multiBuffer) == .beingTested)
    making.finish()
    #expect(Self.refusal(slot, multiBuffer) == .noLockedMemory)
  }

  /// Nobody makes the key a second time.
  private static func refusal(_ slot: MultiBufferKeyCache, _ multiBuffer: MultiBufferSigner)
    -> MultiBufferUnavailable?
  {
    let result = slot.key(multiBuffer) { .failure(.failedTest(slot: 0)) }
    guard case .failure(let refusal) = result else { return nil }
    return refusal
  }

  @Test("signs eight at a time for every thread afterwards, though several asked for it at once")
  func threads() async throws {
    let key = try Sample.newSigningKey(.rs256)
    let (multiBuffer, message) = (multiBuffer, Array("a message".utf8))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<6 {
        group.addTask {
          var signer = try BatchSigner(multiBuffer)
          for signature in try signer.signatures(20, of: message, with: key) {
            #expect(try key.verificationKey().accepts(signature, for: message))
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(multiBuffer.unavailabilityReason(for: key) == nil)
    var signer = try BatchSigner(multiBuffer)
    guard case .waits = try signer.add(message.span, with: key, ticket: 0) else {
      Issue.record("it is refused")
      return
    }
  }

  @Test("and that nobody could test meanwhile is asked for again by the same thread")
  func again() throws {
    let key = try Sample.newSigningKey(.es256)
    let (multiBuffer, message) = (multiBuffer, Array("a message".utf8))
    var signer = try BatchSigner(multiBuffer)
    let making = Making(key.multiBufferKey, .off)
    guard case .refused = try signer.add(message.span, with: key, ticket: 0) else { throw Unexpected() }
    making.finish()
    guard case .waits = try signer.add(message.span, with: key, ticket: 1) else { throw Unexpected() }
  }
  private struct Unexpected: Error {}
}

/// A thread that is making a key until it is told to finish.
private struct Making {
  private let end = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)

  init(_ slot: MultiBufferKeyCache, _ multiBuffer: MultiBufferSigner) {
    let begun = DispatchSemaphore(value: 0)
    Thread.detachNewThread { [end, done] in
      _ = slot.key(multiBuffer) {
        begun.signal()
        end.wait()
        return .failure(.noLockedMemory)
      }
      done.signal()
    }
    begun.wait()
  }

  func finish() {
    end.signal()
    done.wait()
  }
}
