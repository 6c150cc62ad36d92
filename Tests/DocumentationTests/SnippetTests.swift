import Foundation
import Testing

@Suite struct SnippetTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static let documents: [String] = {
    let catalogues = [
      "Sources/IDTokens/IDTokens.docc", "Sources/SessionScripting/SessionScripting.docc",
    ]
    return ["README.md"] + catalogues.flatMap(articles)
  }()

  static func articles(_ catalogue: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: root.appendingPathComponent(catalogue).path)
    return (names ?? []).filter { $0.hasSuffix(".md") }.sorted().map { "\(catalogue)/\($0)" }
  }

  static func lines(_ path: String) throws -> [String] {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: true)
      .map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }

  @Test(
    "every Swift example in the documents is compiled and run by Snippets.swift, line by line",
    arguments: documents)
  func compiled(document: String) throws {
    let tested = try Self.lines("Tests/DocumentationTests/Snippets.swift")
    for block in try Self.lines(document).blocks(of: "swift") {
      let code = block.filter { !$0.hasPrefix("import ") }
      let isTested = tested.indices.contains { tested[$0...].starts(with: code) }
      #expect(isTested, "an example of \(document) that nothing compiles: \(code.first ?? "")")
    }
  }

  @Test("the documents have examples to check")
  func examples() throws {
    let count = try Self.documents.reduce(0) { try $0 + Self.lines($1).blocks(of: "swift").count }
    #expect(count >= 5)
  }
}

extension [String] {
  /// The fenced blocks of a language.
  fileprivate func blocks(of language: String) -> [[String]] {
    var (blocks, current): ([[String]], [String]?) = ([], nil)
    for line in self {
      if line == "```\(language)" {
        current = []
      } else if line == "```", let block = current {
        blocks.append(block)
        current = nil
      } else {
        current?.append(line)
      }
    }
    return blocks
  }
}
