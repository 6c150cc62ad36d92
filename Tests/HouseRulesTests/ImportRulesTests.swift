import Foundation
import Testing

/// Who may import whom (see Sources/IDTokens/IDTokens.docc/Architecture.md).
@Suite struct ImportRulesTests {
  static let system: Set<String> = ["Darwin", "Glibc", "Musl", "Synchronization"]
  static let rooms: [String: Set<String>] = [
    "Platform": system,
    "JWA": ["COpenSSL", "Platform", "Synchronization"],
    "JSON": ["CJansson"],
    "JOSE": ["JWA", "JSON", "Platform"],
    "KeyRotation": ["JOSE", "JWA", "JSON", "Platform", "Synchronization"],
    "IDTokens": ["KeyRotation", "JOSE", "JWA", "JSON", "Platform", "Synchronization"],
    "RotationModel": ["KeyRotation", "JOSE", "JWA"],
    "SessionHost": ["IDTokens", "JOSE", "JWA", "JSON", "Platform", "Synchronization"],
  ]

  /// Rooms behind a trait, with the libraries that are for that.
  static let behindTraits: [String: Set<String>] = [
    "IDTokenServer": [
      "SessionHost", "IDTokens", "KeyRotation", "JOSE", "JSON", "JWA", "Platform", "Synchronization",
      "Configuration", "HTTPTypes", "Hummingbird", "HummingbirdCore", "HummingbirdTLS", "Instrumentation",
      "Logging", "Metrics", "Mustache", "NIOCore", "NIOHTTP1", "NIOHTTPTypes", "NIOSSL", "NIOTLS",
      "ServiceLifecycle", "Tracing", "UnixSignals",
    ],
    "IssuerClient": [
      "AsyncHTTPClient", "IDTokens", "JOSE", "JSON", "JWA", "Logging", "NIOCore", "NIOHTTP1", "NIOPosix",
      "NIOSSL",
      "ServiceLifecycle", "SessionHost", "Synchronization",
    ],
    "SessionScripting": ["CJavaScriptCore", "JSON", "Platform", "SessionHost", "Synchronization"],
  ]

  @Test("a room of the core imports the rooms below it and nothing else", arguments: rooms.keys.sorted())
  func imports(room: String) throws {
    let allowed = try #require(Self.rooms[room])
    let found = try Sources.imports(of: room)
    #expect(!found.isEmpty)
    #expect(found.subtracting(allowed) == [], "\(room) imports what it may not")
  }

  @Test("each library in C has one room that imports it")
  func ownersOfC() throws {
    let owners = [
      "COpenSSL": "JWA", "CJansson": "JSON", "CJavaScriptCore": "SessionScripting", "Glibc": "Platform",
      "Darwin": "Platform", "Musl": "Platform",
    ]
    for (module, owner) in owners {
      for room in try Sources.rooms() where room != owner {
        #expect(try !Sources.imports(of: room).contains(module), "\(room) imports \(module)")
      }
      #expect(try Sources.imports(of: owner).contains(module))
    }
  }

  @Test("a room behind a trait imports nothing without it", arguments: behindTraits.keys.sorted())
  func traits(room: String) throws {
    let found = try Sources.imports(of: room)
    let allowed = try #require(Self.behindTraits[room])
    #expect(!found.isEmpty && found.isSubset(of: allowed))
    for (path, text) in try Sources.files(in: "Sources/\(room)") {
      #expect(text.hasPrefix("#if ") && text.hasSuffix("#endif\n"), "\(path) is there without the trait")
    }
  }

  @Test("no room of the core imports Foundation, NIO or a logging backend")
  func noFoundation() throws {
    for room in Self.rooms.keys {
      for module in try Sources.imports(of: room) {
        #expect(!module.hasPrefix("Foundation") && !module.hasPrefix("NIO") && module != "Logging")
      }
    }
  }

  @Test("every room is known to these rules")
  func allRooms() throws {
    let known = Set(Self.rooms.keys).union(Self.behindTraits.keys).union([
      "COpenSSL", "CJansson", "CJavaScriptCore", "idtoken",
    ])
    #expect(try Set(Sources.rooms()) == known)
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
  }
}

private enum Sources {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func rooms() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent("Sources").path)
  }

  static func files(in folder: String) throws -> [(path: String, text: String)] {
    let folder = root.appendingPathComponent(folder)
    return try FileManager.default.subpathsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".swift") }
      .map { ($0, try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)) }
  }

  static func imports(of room: String) throws -> Set<String> {
    let line = /^\s*(?:@\w+\s+)*(?:public |package |internal |private |fileprivate )?import (?:\w+ )?(\w+)/
      .anchorsMatchLineEndings()
    return try Set(
      files(in: "Sources/\(room)").flatMap { $0.text.matches(of: line).map { String($0.output.1) } })
  }
}
