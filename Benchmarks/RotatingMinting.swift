import BenchmarkResults
import IDTokens
import JOSECore

extension Row {
  static let rotatingString = rotating("string") { try StringMinting($0) }
  static let rotatingSession = rotating("session") { try SessionMinting($0) }

  /// Minting while a ring rotates; the limit is the same while it doesn't.
  private static func rotating<Minting: TokenWorkload & ~Copyable>(
    _ shape: String, _ minting: @escaping @Sendable (Subject) throws -> Minting
  ) -> Row {
    Row(name: "rotating/ES256/\(shape)", countsAllocations: false) { threads, lanes in
      let calm = try Subject(.es256, lanes)
      let ring = try RotatingRing(.es256)
      let rotation = try Rotation(ring, audience: calm.content.audience[0].text, issuer: Subject.issuerURL)
      let subject = try Subject(rotation.live, ring.active, lanes)
      return try (0..<threads).map { _ in
        let box = Boxed(RotatingMinting(try minting(subject), rotation))
        let runs = Runs(
          row: AnyWorkload(box), limit: AnyWorkload(try minting(calm)), isBare: false,
          check: { try rotation.verify(box.workload.newestToken()) })
        runs.end = { try rotation.end() }
        return runs
      }
    }
  }
}

/// Every token that is timed is verified after that.
struct RotatingMinting<Minting: TokenWorkload & ~Copyable>: Workload, ~Copyable {
  private var minting: Minting
  private let rotation: Rotation

  init(_ minting: consuming Minting, _ rotation: Rotation) {
    self.minting = minting
    self.rotation = rotation
  }

  mutating func run(_ count: Int) throws { try minting.run(count) }

  mutating func run(_ count: Int, timing histogram: inout Histogram) throws {
    for _ in 0..<count {
      try minting.run(1, timing: &histogram)
      try rotation.verify(minting.newestToken())
    }
  }

  func newestToken() -> String { minting.newestToken() }
}
