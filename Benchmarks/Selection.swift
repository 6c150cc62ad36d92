import BenchmarkResults

/// Which rows are measured, and on how many threads each.
struct Selection {
  /// Texts with commas between them; a row's name has to contain one of them.
  let filter: String?
  let threads: ThreadCounts?

  func contains(_ key: RowKey) -> Bool {
    let isNamed = filter.map { $0.split(separator: ",").contains { key.name.contains($0) } } ?? true
    return isNamed && threads?.counts.contains(key.threads) ?? true
  }

  var rows: [(row: Row, threads: Int)] {
    Row.all.flatMap { row in counts(row).map { (row, $0) } }.filter {
      contains(RowKey($0.row.name, threads: $0.threads))
    }
  }

  var peerRows: [PeerRow] { PeerRow.all.filter { contains(RowKey($0.name)) } }

  var isEmpty: Bool { rows.isEmpty && peerRows.isEmpty }

  private func counts(_ row: Row) -> [Int] {
    if let threads { return threads.counts }
    return row.isOnAllCores && ThreadCounts.allCores > 1 ? [1, ThreadCounts.allCores] : [1]
  }
}
