import Foundation
import Testing

@Suite struct SnippetTests {
  @Test(
    "every Swift example in the documents is compiled and run by Snippets.swift, line by line",
    arguments: Document.all)
  func compiled(document: Document) throws {
    let tested = try Self.code(
      Document.text("Tests/DocumentationTests/Snippets.swift").split(separator: "\n"))
    for block in document.blocks where block.language == "swift" && !block.lines.contains("// Package.swift")
    {
      let code = Self.code(block.lines).filter { !$0.hasPrefix("import ") }
      let isTested = tested.indices.contains { tested[$0...].starts(with: code) }
      #expect(isTested, "an example of \(document.path) that nothing compiles: \(code.first ?? "")")
    }
  }

  @Test("the documents have examples to check")
  func examples() {
    let examples = Document.all.flatMap(\.blocks).filter { $0.language == "swift" }
    #expect(examples.count >= 5)
  }

  /// The lines without indentation, and without empty ones.
  static func code(_ lines: [some StringProtocol]) -> [String] {
    lines.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }
}
