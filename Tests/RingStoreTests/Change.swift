import JOSECore
import KeyRotation
import Testing

/// A change of a ring, from a ring as it was before.
struct Change: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// When it is made.
  let time: NumericDate
  /// Brings a new directory to where the change begins.
  let prepare: @Sendable (DirectoryStore) async throws -> Void
  let make: @Sendable (DirectoryStore) async throws -> Void

  static let all: [Change] = [
    .create, .importing, .reserve, .rotate, .remove, .revokeActive, .revokeStandby, .dropAlgorithm,
  ]

  static let create = Change("create", 0, prepare: { _ in }, make: { try $0.create(.brief(), at: start) })

  static let importing = Change(
    "import", 0, prepare: { _ in },
    make: { try $0.create(.brief(), importing: .generate(.edDSA), at: start) })

  static let reserve = Change("renew reservations", 40) {
    try await $0.step(.brief(), at: start.advanced(by: 40))
  }

  static let rotate = Change("rotate", 250) { try await $0.step(.brief(), at: start.advanced(by: 250)) }

  static let remove = Change(
    "remove what is retired", 300,
    prepare: {
      try $0.create(.brief(), at: start)
      try await $0.step(.brief(), at: start.advanced(by: 250))
    }, make: { try await $0.step(.brief(), at: start.advanced(by: 300)) })

  static let revokeActive = Change("revoke an active key", 20) {
    try await $0.revoke { $0.activeKey(for: .edDSA) }
  }

  static let revokeStandby = Change("revoke a standby", 20) {
    try await $0.revoke { $0.standby(for: .edDSA) }
  }

  static let dropAlgorithm = Change(
    "drop an algorithm", 40,
    prepare: { try $0.create(.brief(["algorithms": ["EdDSA", "ES256"]]), at: start) },
    make: { try await $0.step(.brief(), at: start.advanced(by: 40)) })

  private init(
    _ name: String, _ seconds: Int64,
    prepare: @escaping @Sendable (DirectoryStore) async throws -> Void = {
      try $0.create(.brief(), at: start)
    },
    make: @escaping @Sendable (DirectoryStore) async throws -> Void
  ) {
    (testDescription, time) = (name, start.advanced(by: seconds))
    (self.prepare, self.make) = (prepare, make)
  }
}

extension DirectoryStore {
  fileprivate func revoke(_ key: (KeyRingState) -> RingKey?) async throws {
    let keyID = try #require(key(try existing())).keyID
    try await step(.brief(), at: start.advanced(by: 20), .revoke(keyID: keyID, reason: "test"))
  }
}
