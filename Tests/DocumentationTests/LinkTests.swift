import Foundation
import Testing

/// Links work on a code host as they stand.
@Suite struct LinkTests {
  @Test("every relative link and image of a document has a target", arguments: Document.all)
  func links(document: Document) throws {
    for link in document.relativeLinks {
      let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let target = parts[0].isEmpty ? document.path : document.resolve(parts[0])
      #expect(Document.exists(target), "\(document.path) links to \(link)")
      if parts.count == 2, target.hasSuffix(".md"), Document.exists(target) {
        #expect(try Document(target).anchors.contains(parts[1]), "\(document.path) links to \(link)")
      }
    }
  }

  @Test(
    "doc: links, which are dead on a code host, stand in the topics of landing pages only",
    arguments: Document.all)
  func docLinks(document: Document) {
    let text = document.prose.joined(separator: "\n")
    let overview = document.isLandingPage ? text.components(separatedBy: "\n## Topics\n")[0] : text
    #expect(!overview.contains("doc:"), "\(document.path) has a doc: link")
    for link in text.matches(of: /<doc:(\w+)>/) {
      #expect(
        Document.exists(document.resolve("\(link.output.1).md")), "\(document.path) links to \(link.output.1)"
      )
    }
  }

  @Test("every article is linked from the README and is a topic of its landing page")
  func reachable() throws {
    let readme = try Document("README.md")
    let linked = Set(readme.relativeLinks.map { readme.resolve($0) })
    let topics = Document.all.filter(\.isLandingPage).flatMap { page in
      page.prose.joined().matches(of: /<doc:(\w+)>/).map { page.resolve("\($0.output.1).md") }
    }
    let articles = Document.all.filter { $0.isArticle && !$0.isLandingPage }.map(\.path)
    #expect(Set(articles) == Set(topics))
    #expect(Set(articles).subtracting(linked) == [])
  }

  @Test("every path of the package that a document names exists", arguments: Document.all)
  func paths(document: Document) {
    for code in document.inlineCode {
      guard let path = code.wholeMatch(of: /((?:Sources|Tests|Benchmarks|Examples|\.ci)\/[\w.\/+-]+)(?: .*)?/)
      else {
        continue
      }
      #expect(Document.exists(String(path.output.1)), "\(document.path) names \(code)")
    }
  }

  @Test("every make target that a document names exists", arguments: Document.all)
  func makeTargets(document: Document) throws {
    let makefile = try Document.text("Makefile")
    let targets = Set(makefile.matches(of: /(?m)^([a-z-]+):/).map { String($0.output.1) })
    let code =
      document.inlineCode + document.blocks.flatMap(\.lines) + document.prose.filter { $0.hasPrefix("    ") }
    for match in code.flatMap({ $0.matches(of: /\bmake ([a-z-]+)\b/) }) {
      #expect(targets.contains(String(match.output.1)), "\(document.path) names make \(match.output.1)")
    }
  }

  @Test("every article says first whom it is for", arguments: Document.all.filter(\.isArticle))
  func readers(article: Document) throws {
    let first = try #require(article.prose.dropFirst().first { !$0.isEmpty })
    #expect(first.hasPrefix("For "), "\(article.path) begins with: \(first)")
  }
}
