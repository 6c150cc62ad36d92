import COpenSSL
import Foundation
import TestSupport
import Testing

@testable import JOSECore

@Suite("Without a library that can be used, OpenSSL signs, and one line says why") struct LibraryLoadingTests
{
  /// What is said of the libraries at these paths; signatures are as they should be, whatever that is.
  private func description(_ paths: [String], setting: String? = nil) throws -> String {
    let multiBuffer = MultiBufferSigner(setting: setting, libraries: paths)
    let message = Array("a message".utf8)
    for algorithm in [Algorithm.es256, .edDSA, .rs256] {
      let key = try Sample.newSigningKey(algorithm)
      #expect(multiBuffer.unavailabilityReason(for: key) != nil)
      var signer = try BatchSigner(multiBuffer)
      for signature in try signer.signatures(9, of: message, with: key) {
        #expect(try key.verificationKey().accepts(signature, for: message))
      }
    }
    #expect(multiBuffer.faults == 0)
    #expect(!multiBuffer.description.contains("\n"))
    return multiBuffer.description
  }

  @Test("it is not installed")
  func missing() throws {
    let text = try description(["libcrypto_mb.so.none", "/nowhere/libcrypto_mb.so.13"])
    #expect(text.hasPrefix("off: "))
    #expect(text.contains("libcrypto_mb.so.none") && text.contains("/nowhere/libcrypto_mb.so.13"))
  }

  @Test("it is no library")
  func noLibrary() throws {
    #expect(try description([#filePath]).hasPrefix("off: \(#filePath): "))
  }

  @Test("it lacks a function, whichever it is", arguments: FakeLibrary.functions)
  func half(function: String) throws {
    let library = try FakeLibrary(missing: function)
    #expect(try description([library.path]) == "off: \(library.path) has no \(function)")
  }

  @Test(
    "it is older than what was tried, or no version at all",
    arguments: ["1, 0, 13", "0, 9, 99", "0, 0, 0", "-1, 0, 14", "1, -1, 99"])
  func old(version: String) throws {
    let library = try FakeLibrary(version: version)
    let numbers = version.split(separator: ", ").joined(separator: ".")
    #expect(
      try description([library.path])
        == "off: \(library.path) is version \(numbers), too old: 1.0.14 or later is needed")
  }

  @Test("it doesn't tell its version")
  func noVersion() throws {
    let library = try FakeLibrary(version: nil)
    #expect(try description([library.path]) == "off: \(library.path) doesn't tell its version")
  }

  @Test("it says that the processor can't, or something that is no answer", arguments: [0, -1, 2])
  func processor(answer: Int) throws {
    let library = try FakeLibrary(isApplicable: answer)
    #expect(
      try description([library.path]) == "off: \(library.path) says that this processor lacks AVX-512 IFMA")
  }

  @Test("it has every function, and they do nothing: no key signs with it")
  func idle() throws {
    let library = try FakeLibrary(version: "99, 0, 0")
    #expect(
      try description([library.path]) == "on, 8 signatures at a time (\(library.path), version 99.0.0)")
  }

  @Test("the next one is taken where the first can't be")
  func next() throws {
    let old = try FakeLibrary(version: "1, 0, 1")
    let good = try FakeLibrary()
    let multiBuffer = MultiBufferSigner(setting: "on", libraries: ["/nowhere", old.path, good.path])
    #expect(multiBuffer.status == .on(library: "\(good.path), version 1.0.15"))
  }

  @Test("it is turned off")
  func turnedOff() throws {
    let library = try FakeLibrary()
    #expect(try description([library.path], setting: "off") == "off: IDTOKEN_MULTI_BUFFER=off")
  }

  @Test("the setting is no setting", arguments: ["", "0", "no", "OFF", "On", " on"])
  func unknownSetting(setting: String) throws {
    let library = try FakeLibrary()
    #expect(
      try description([library.path], setting: setting)
        == "off: IDTOKEN_MULTI_BUFFER is \"\(setting)\"; it must be on or off")
  }

  @Test("OpenSSL works in FIPS mode, for which the library isn't validated")
  func fips() async {
    await #expect(processExitsWith: .success) {
      let library = try FakeLibrary()
      // Whatever OpenSSL fetches from here on would have to be of the FIPS provider; nothing is.
      try #require(EVP_default_properties_enable_fips(nil, 1) == 1)
      let multiBuffer = MultiBufferSigner(setting: nil, libraries: [library.path])
      #expect(
        multiBuffer.description
          == "off: OpenSSL is in FIPS mode, and the multi-buffer library is not validated")
    }
  }

  @Test("OpenSSL's configuration asks for FIPS mode")
  func fipsConfiguration() async {
    await #expect(processExitsWith: .success) {
      let directory = try TemporaryDirectory()
      let text = """
        openssl_conf = init
        [init]
        alg_section = algorithms
        [algorithms]
        default_properties = fips=yes
        """
      setenv("OPENSSL_CONF", try directory.write(text, to: "openssl.cnf"), 1)
      let multiBuffer = MultiBufferSigner(setting: nil, libraries: ["/nowhere"])
      #expect(multiBuffer.description.hasPrefix("off: OpenSSL is in FIPS mode"))
    }
  }
}
