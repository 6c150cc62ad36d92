import ArgumentParser
import Foundation
import JOSECore
import Synchronization

/// What a second core adds: slices on one thread and on several take turns.
struct ScalingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scaling", abstract: "Compare several threads with one.")

  @Argument(help: "The row's name.") var row: String
  @Option(help: "Pairs of slices.") var pairs = 9
  @Option(help: "Threads.") var threads = 2
  @Flag(help: "The bare operation in its place.") var limit = false

  func run() throws {
    guard let row = Row.all.first(where: { $0.name == row }) else {
      throw ValidationError("no row has this name")
    }
    let workloads = try row.make(threads, .shared).map { limit ? $0.limit : $0.row }
    let ratios = try (0..<pairs).map { _ in
      let alone = try Self.rate([workloads[0]])
      return try Self.rate(workloads) / alone
    }.sorted()
    print(row.name, limit ? "limit" : "", "\(threads) threads:", ratios[ratios.count / 2], ratios)
  }

  /// Operations per second of all threads together, over a quarter of a second.
  private static func rate(_ workloads: [AnyWorkload]) throws -> Double {
    let total = Mutex(0.0)
    let group = DispatchGroup()
    for workload in workloads {
      nonisolated(unsafe) let workload = workload  // one thread each
      DispatchQueue.global().async(group: group) {
        let start = ContinuousClock.now
        var (done, elapsed) = (0, Duration.zero)
        while elapsed < .milliseconds(250) {
          let count = unsafe max(50, workload.group)
          guard unsafe (try? workload.run(count)) != nil else { return }
          done += count
          elapsed = start.duration(to: .now)
        }
        let rate = Double(done) / (elapsed / .seconds(1))
        total.withLock { $0 += rate }
      }
    }
    group.wait()
    return total.withLock { $0 }
  }
}
