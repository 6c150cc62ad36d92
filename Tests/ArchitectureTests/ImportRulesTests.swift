import Foundation
import Testing

/// Who may import whom (see Sources/IDTokens/IDTokens.docc/Architecture.md).
@Suite struct ImportRulesTests {
  static let system: Set<String> = ["Darwin", "Glibc", "Musl", "Synchronization"]
  static let modules: [String: Set<String>] = [
    "SystemSupport": system,
    "JOSECore": ["COpenSSL", "CJansson", "SystemSupport", "Synchronization"],
    "KeyRotation": ["JOSECore", "SystemSupport", "Synchronization"],
    "IDTokens": ["KeyRotation", "JOSECore", "SystemSupport", "Synchronization"],
    "RotationModel": ["KeyRotation", "JOSECore", "SystemSupport"],
    "SessionHost": ["IDTokens", "KeyRotation", "JOSECore", "SystemSupport", "Synchronization"],
  ]

  /// Modules behind a trait, with the libraries that are for that.
  static let behindTraits: [String: Set<String>] = [
    "IDTokenServer": [
      "SessionHost", "IDTokens", "KeyRotation", "JOSECore", "SystemSupport", "Synchronization",
      "Logging", "Metrics", "Mustache", "NIOCore", "NIOExtras", "NIOHTTP1", "NIOHTTP2", "NIOPosix", "NIOSSL",
      "NIOTLS", "ServiceLifecycle", "Tracing", "UnixSignals",
    ],
    "IssuerClient": [
      "AsyncHTTPClient", "IDTokens", "JOSECore", "Logging", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL",
      "ServiceLifecycle", "SessionHost", "Synchronization", "SystemSupport",
    ],
    "SessionScripting": ["CJavaScriptCore", "JOSECore", "SystemSupport", "SessionHost", "Synchronization"],
  ]

  /// The one folder that imports each C library.
  static let foldersOfC = [
    "COpenSSL": "JOSECore/OpenSSL/", "CJansson": "JOSECore/JSON/",
    "CJavaScriptCore": "SessionScripting/Engine/", "Glibc": "SystemSupport/", "Darwin": "SystemSupport/",
    "Musl": "SystemSupport/",
  ]

  @Test(
    "a module of the core imports the modules below it and nothing else", arguments: modules.keys.sorted())
  func imports(module: String) throws {
    let allowed = try #require(Self.modules[module])
    let found = try Sources.imports(of: module)
    #expect(!found.isEmpty)
    #expect(found.subtracting(allowed) == [], "\(module) imports what it may not")
  }

  @Test("each C library has one folder that imports it", arguments: foldersOfC.keys.sorted())
  func ownersOfC(library: String) throws {
    let owner = try #require(Self.foldersOfC[library])
    let importers = try Sources.files(in: "Sources").filter { $0.text.contains("import \(library)\n") }
    #expect(!importers.isEmpty)
    for file in importers { #expect(file.path.hasPrefix(owner), "\(file.path) imports \(library)") }
  }

  @Test("a module behind a trait imports nothing without it", arguments: behindTraits.keys.sorted())
  func traits(module: String) throws {
    let found = try Sources.imports(of: module)
    let allowed = try #require(Self.behindTraits[module])
    #expect(!found.isEmpty && found.isSubset(of: allowed))
    for (path, text) in try Sources.files(in: "Sources/\(module)") {
      #expect(text.hasPrefix("#if ") && text.hasSuffix("#endif\n"), "\(path) is there without the trait")
    }
  }

  @Test("no module of the core imports Foundation, NIO or a logging backend")
  func noFoundation() throws {
    for module in Self.modules.keys {
      for imported in try Sources.imports(of: module) {
        #expect(!imported.hasPrefix("Foundation") && !imported.hasPrefix("NIO") && imported != "Logging")
      }
    }
  }

  @Test("every module is known to these rules")
  func allRooms() throws {
    let known = Set(Self.modules.keys).union(Self.behindTraits.keys).union([
      "COpenSSL", "CJansson", "CJavaScriptCore", "idtoken",
    ])
    #expect(try Set(Sources.modules()) == known)
  }
}

@Suite struct CodeRulesTests {
  @Test("nothing in the sources traps on purpose on what came from outside")
  func noTraps() throws {
    for (path, text) in try Sources.files(in: "Sources") {
      for trap in ["try!", "fatalError(", "as!", "preconditionFailure("] {
        #expect(!text.contains(trap), "\(path) has \(trap)")
      }
    }
  }

  @Test("files are small")
  func smallFiles() throws {
    let lengths = try Sources.files(in: "Sources").map { $0.text.split(separator: "\n").count }.sorted()
    #expect(lengths[lengths.count / 2] <= 120)
    #expect(try #require(lengths.last) <= 300)
    #expect(lengths.count <= 230)
  }

  /// Phrases that have to be read twice; say "the caller", "by default", "pending", "read" instead.
  nonisolated(unsafe) private static let banned =
    #/\b(?:whoever|those who|for who|who (?:asks|needs|signs|serves|reads|wants|finds|leaves)|what is due|where nothing is said|in the first place|standard value|to be had|workbench)\b/#
    .ignoresCase()

  @Test("the prose is plain", arguments: ["Sources", "Tests", "Benchmarks", "Examples", "Keys", "."])
  func prose(folder: String) throws {
    for (path, text) in try Sources.prose(in: folder) where !path.hasPrefix("ArchitectureTests/") {
      for line in text.split(separator: "\n") {
        let phrase = line.firstMatch(of: Self.banned).map { String($0.output) }
        #expect(phrase == nil, "\(folder)/\(path): \(line)")
      }
    }
  }
}

private enum Sources {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func modules() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent("Sources").path)
  }

  static func files(in folder: String) throws -> [(path: String, text: String)] {
    let folder = root.appendingPathComponent(folder)
    return try FileManager.default.subpathsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".swift") }
      .map { ($0, try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)) }
  }

  /// Code and documents of a folder; of the package's own folder only the documents that lie in it.
  static func prose(in folder: String) throws -> [(path: String, text: String)] {
    let folder = folder == "." ? root : root.appendingPathComponent(folder)
    let names =
      folder == root
      ? try FileManager.default.contentsOfDirectory(atPath: folder.path)
      : try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    return
      try names
      .filter { name in [".swift", ".md", ".py", ".js", ".c", ".h"].contains { name.hasSuffix($0) } }
      .map { ($0, try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)) }
  }

  static func imports(of module: String) throws -> Set<String> {
    let line = /^\s*(?:@\w+\s+)*(?:public |package |internal |private |fileprivate )?import (?:\w+ )?(\w+)/
      .anchorsMatchLineEndings()
    return try Set(
      files(in: "Sources/\(module)").flatMap { $0.text.matches(of: line).map { String($0.output.1) } })
  }
}
