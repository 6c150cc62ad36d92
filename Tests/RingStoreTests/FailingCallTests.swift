import JOSECore
import KeyRotation
import SystemSupport
import TestSupport
import Testing

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

@Suite struct FailingCallTests {
  @Test(
    "a system call that fails leaves the old ring or the new one, and the error names what and where",
    arguments: Change.all)
  func fails(_ change: Change) async throws {
    let rehearsal = try await Rehearsal(change)
    let codes = [ENOSPC, EIO, EACCES, EROFS]
    for (index, call) in rehearsal.calls.enumerated() {
      let code = codes[index % codes.count]
      let (disk, store) = try rehearsal.disk(.fails(call: index + 1, code: code))
      let outcome = await Outcome(change, store)
      if case .failed(let error) = outcome {
        let fault = try #require((error as? KeyRingError)?.fileError, "\(error)")
        #expect(fault.code == code && fault.path.hasPrefix(disk.root), "\(error)")
      }
      let keyUnread = call.hasPrefix("read ") && call.hasSuffix(".pem")
      try await rehearsal.checkRestart(store.directory, outcome, "\(call) failed", keyUnread: keyUnread)
    }
  }

  @Test(
    "on a disk that refuses every change, the ring can be read and its keys loaded",
    arguments: [ENOSPC, EROFS])
  func refusesChanges(_ code: Int32) async throws {
    let rehearsal = try await Rehearsal(.rotate)
    let (disk, store) = try rehearsal.disk(.refuses(code: code)) {
      !$0.hasPrefix("read ") && !$0.hasPrefix("list ")
    }
    let before = try DiskImage(of: disk.root)
    await #expect {
      try await store.step(.brief(), at: rehearsal.change.time)
    } throws: {
      ($0 as? KeyRingError)?.fileError?.code == code
    }
    let snapshot = try #require(try await store.snapshot())
    #expect(snapshot.ring == rehearsal.before)
    #expect(try !SampleTokens.mint(snapshot, at: start).isEmpty)
    #expect(try DiskImage(of: disk.root) == before)
  }

  @Test("a directory that may not be read any more is an error of its own, not a missing ring")
  func permissionLost() async throws {
    let rehearsal = try await Rehearsal(.rotate)
    let (disk, store) = try rehearsal.disk(.refuses(code: EACCES))
    await #expect {
      try await store.snapshot()
    } throws: {
      "\($0)" == "could not read \(disk.root)/ring/ring.json: Permission denied"
    }
  }
}

extension KeyRingError {
  /// The system call that failed, if one did.
  var fileError: FileError? {
    switch details.cause {
    case let error as FileError: error
    case SecretFileError.file(let error)?: error
    case let error as KeyRingError: error.fileError
    default: nil
    }
  }
}
