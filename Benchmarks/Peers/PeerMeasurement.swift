import BenchmarkResults

extension PeerRow {
  var label: String { RowKey(name, peer: peer.rawValue).label }

  /// A library that isn't there is said, once; any other failure ends the run.
  static func measure(
    _ rows: [PeerRow], for duration: Duration, _ table: Table, _ progress: Progress
  ) throws -> [RowResult] {
    var missing: Set<Peer> = []
    return try rows.compactMap { row in
      guard !missing.contains(row.peer) else { return nil }
      do {
        let result = try progress.showing(row.label) { try row.measure(for: duration) }
        table.print(result)
        return result
      } catch PeerError.notInstalled(let package) {
        missing.insert(row.peer)
        table.print(note: "\(row.peer.rawValue): \(PeerError.notInstalled(package))")
        return nil
      }
    }
  }
}

extension [RowResult] {
  /// Each algorithm's rows together, ours first.
  var byAlgorithm: [RowResult] {
    let algorithms = map(\.algorithm)
    return enumerated().sorted { left, right in
      let places = (
        algorithms.firstIndex(of: left.element.algorithm), algorithms.firstIndex(of: right.element.algorithm)
      )
      return (places.0 ?? 0, left.offset) < (places.1 ?? 0, right.offset)
    }.map(\.element)
  }
}

extension RowResult {
  fileprivate var algorithm: Substring? { name.split(separator: "/").dropFirst().first }
}
