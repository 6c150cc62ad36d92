import Foundation
import Testing

/// A Markdown file of the package.
struct Document: CustomTestStringConvertible, Sendable {
  let path: String
  /// Without the lines of its code blocks.
  let prose: [String]
  let blocks: [(language: String, lines: [String])]

  var testDescription: String { path }
  var isArticle: Bool { path.contains(".docc/") }
  /// The landing page of a catalogue, which has a module's name as its title.
  var isLandingPage: Bool { prose.first?.hasPrefix("# ``") == true }

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
  }

  static let all: [Document] = {
    let folders = ["Sources", "Tests", "Benchmarks", "Examples", "Keys"]
    let inFolders = folders.flatMap { folder in
      let paths = FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path)
      return (paths?.compactMap { $0 as? String } ?? []).map { "\(folder)/\($0)" }
    }
    let atRoot = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
    return (atRoot + inFolders).filter { $0.hasSuffix(".md") }.sorted().compactMap { try? Document($0) }
  }()

  init(_ path: String) throws {
    var prose: [String] = []
    var blocks: [(language: String, lines: [String])] = []
    var isInBlock = false
    for line in try Self.text(path).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    {
      if line.hasPrefix("```") {
        isInBlock.toggle()
        if isInBlock { blocks.append((String(line.dropFirst(3)), [])) }
      } else if isInBlock {
        blocks[blocks.count - 1].lines.append(line)
      } else {
        prose.append(line)
      }
    }
    (self.path, self.prose, self.blocks) = (path, prose, blocks)
  }

  /// What stands between backticks.
  var inlineCode: [String] {
    prose.flatMap { line in line.matches(of: /`+([^`]+)`+/).map { String($0.output.1) } }
  }

  /// The targets of links and images, but for those in inline code and those to other sites.
  var relativeLinks: [String] {
    prose.flatMap { line in
      line.replacing(/`+[^`]*`+/, with: "code").matches(of: /\]\(([^)\s]+)\)/).map { String($0.output.1) }
    }
    .filter { $0.prefixMatch(of: /[a-z]+:/) == nil }
  }

  /// The anchors that a code host makes of the headings.
  var anchors: Set<String> {
    Set(
      prose.filter { $0.hasPrefix("#") }.map { heading in
        heading.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
          .filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
          .replacing(" ", with: "-")
      })
  }

  /// A relative path as one from the package's folder.
  func resolve(_ relative: String) -> String {
    var parts = path.split(separator: "/").dropLast()
    for part in relative.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts.joined(separator: "/")
  }
}
