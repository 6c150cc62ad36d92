import ArgumentParser
import Foundation

/// `--threads`: numbers of threads, with `all` for one on each core.
struct ThreadCounts: ExpressibleByArgument {
  let counts: [Int]

  init?(argument: String) {
    let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { word in
      word == "all" ? Self.allCores : Int(word)
    }
    let known = numbers.compactMap(\.self).filter { (1...1024).contains($0) }
    guard known.count == numbers.count else { return nil }
    counts = Set(known).sorted()
  }

  static var allCores: Int { ProcessInfo.processInfo.activeProcessorCount }
}
