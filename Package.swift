// swift-tools-version: 6.2
import PackageDescription

var settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
]
if Context.environment["CI"] != nil {
  settings.append(.treatAllWarnings(as: .error))
}

/// A product that a trait turns on.
func product(_ name: String, _ package: String, trait: String = "Server") -> Target.Dependency {
  .product(name: name, package: package, condition: .when(traits: [trait]))
}

func target(_ name: String, trait: String) -> Target.Dependency {
  .target(name: name, condition: .when(traits: [trait]))
}

// A framework of the system on Apple's platforms, which have no pkg-config for it.
#if os(Linux)
let javaScriptCore = Target.systemLibrary(
  name: "CJavaScriptCore", pkgConfig: "javascriptcoregtk-4.1",
  providers: [.apt(["libjavascriptcoregtk-4.1-dev"])])
#else
let javaScriptCore = Target.systemLibrary(name: "CJavaScriptCore")
#endif

let core: [Target.Dependency] = ["SystemSupport", "JOSECore"]
let rotation: [Target.Dependency] = core + ["KeyRotation"]
let tokens: [Target.Dependency] = rotation + ["IDTokens"]
let sessions: [Target.Dependency] = tokens + ["SessionHost"]
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

/// Used by the server and by its tests.
let serverLibraries = [
  product("Logging", "swift-log"), product("Metrics", "swift-metrics"), product("NIOCore", "swift-nio"),
  product("ServiceLifecycle", "swift-service-lifecycle"),
]
/// Used by the client and by the tests' issuer.
let clientLibraries = [
  product("AsyncHTTPClient", "async-http-client", trait: "Client"),
  product("Logging", "swift-log", trait: "Client"), product("NIOCore", "swift-nio", trait: "Client"),
  product("NIOHTTP1", "swift-nio", trait: "Client"), product("NIOPosix", "swift-nio", trait: "Client"),
  product("NIOSSL", "swift-nio-ssl", trait: "Client"),
  product("ServiceLifecycle", "swift-service-lifecycle", trait: "Client"),
]
let serviceTestLibraries = [product("ServiceLifecycleTestKit", "swift-service-lifecycle")]

let package = Package(
  name: "swift-id-tokens",
  platforms: [.macOS("26.0")],
  products: [
    .library(name: "IDTokens", targets: ["IDTokens"]),
    .library(name: "SessionHost", targets: ["SessionHost"]),
    .library(name: "SessionScripting", targets: ["SessionScripting"]),
    .library(name: "IDTokenServer", targets: ["IDTokenServer"]),
    .library(name: "IssuerClient", targets: ["IssuerClient"]),
    .executable(name: "idtoken", targets: ["idtoken"]),
  ],
  // All are off by default: a package that depends on the library alone fetches nothing else.
  traits: [
    .trait(name: "Server", description: "The HTTP issuer, with logs, metrics and tracing."),
    .trait(name: "Client", description: "Clients of an HTTP issuer: tokens for hosts, keys for backends."),
    .trait(
      name: "JavaScript", description: "Extensions in JavaScript run against SessionHost, in JavaScriptCore."),
    .trait(name: "Peers", description: "Benchmarks measures other libraries beside this one."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.30.0"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
  ],
  targets: [
    // The core. Tests/ArchitectureTests checks who imports what, and that each C library has one folder that imports it.
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .systemLibrary(
      name: "CJansson", pkgConfig: "jansson",
      providers: [.apt(["libjansson-dev"]), .brew(["jansson"])]),
    .target(name: "SystemSupport", swiftSettings: settings),
    .target(
      name: "JOSECore", dependencies: ["COpenSSL", "CJansson", "SystemSupport"], swiftSettings: settings),
    .target(name: "KeyRotation", dependencies: core, swiftSettings: settings),
    .target(name: "IDTokens", dependencies: rotation, swiftSettings: settings),
    .target(name: "SessionHost", dependencies: tokens, swiftSettings: settings),
    .target(name: "RotationModel", dependencies: rotation, swiftSettings: settings),

    // Behind traits.
    .target(
      name: "IDTokenServer",
      dependencies: sessions + serverLibraries + [
        product("Mustache", "swift-mustache"), product("NIOExtras", "swift-nio-extras"),
        product("NIOHTTP1", "swift-nio"), product("NIOHTTP2", "swift-nio-http2"),
        product("NIOPosix", "swift-nio"), product("NIOSSL", "swift-nio-ssl"), product("NIOTLS", "swift-nio"),
        product("Tracing", "swift-distributed-tracing"),
        product("UnixSignals", "swift-service-lifecycle"),
      ],
      resources: ["page.html", "page.css", "page.js", "openapi.json"].map { .embedInCode("Resources/\($0)") },
      swiftSettings: settings),
    .target(name: "IssuerClient", dependencies: sessions + clientLibraries, swiftSettings: settings),
    javaScriptCore,
    .target(
      name: "SessionScripting", dependencies: sessions + [target("CJavaScriptCore", trait: "JavaScript")],
      resources: ["intrinsics", "nodes", "apis", "globals"].map { .embedInCode("Prelude/\($0).js") },
      swiftSettings: settings,
      linkerSettings: [
        .linkedFramework("JavaScriptCore", .when(platforms: [.macOS], traits: ["JavaScript"]))
      ]),

    .executableTarget(
      name: "idtoken",
      dependencies: sessions + [
        "RotationModel", target("IDTokenServer", trait: "Server"), target("IssuerClient", trait: "Client"),
        target("SessionScripting", trait: "JavaScript"), argumentParser,
      ],
      swiftSettings: settings),

    // Benchmarks. The bare operations are C, so that they are OpenSSL and nothing else.
    .target(
      name: "BareOpenSSL", dependencies: ["COpenSSL"], path: "Benchmarks/BareOpenSSL",
      cSettings: [.define("OPENSSL_NO_DEPRECATED")]),
    // Opens the multi-buffer library at run time: nobody needs it to build.
    .target(
      name: "BareMultiBuffer", dependencies: ["COpenSSL"], path: "Benchmarks/BareMultiBuffer",
      cSettings: [.define("OPENSSL_NO_DEPRECATED")],
      linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    // Opens cjose and libjwt at run time.
    .target(
      name: "PeerLibraries", dependencies: ["CJansson", "COpenSSL"], path: "Benchmarks/PeerLibraries",
      linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    // A target of its own: linked into tests it would count, and slow down, what they allocate.
    .target(name: "AllocationCount", path: "Benchmarks/AllocationCount"),
    .target(
      name: "BenchmarkResults", dependencies: core, path: "Benchmarks/Results", swiftSettings: settings),
    .executableTarget(
      name: "Benchmarks",
      dependencies: sessions + [
        "AllocationCount", "BareMultiBuffer", "BareOpenSSL", "BenchmarkResults", argumentParser,
        target("SessionScripting", trait: "JavaScript"), target("PeerLibraries", trait: "Peers"),
        product("JWTKit", "jwt-kit", trait: "Peers"),
      ],
      path: "Benchmarks",
      exclude: [
        "AllocationCount", "BareMultiBuffer", "BareOpenSSL", "HTTP", "PeerLibraries", "Peers/Processes",
        "Peers/run", "Peers/requirements.txt", "README.md", "Results", "instructions", "thresholds.json",
        "tokens-per-second.svg",
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "constant-answers",
      dependencies: [
        product("NIOCore", "swift-nio"), product("NIOHTTP1", "swift-nio"), product("NIOPosix", "swift-nio"),
        product("NIOSSL", "swift-nio-ssl"),
      ],
      path: "Benchmarks/HTTP/ConstantAnswers", swiftSettings: settings),

    // Tests, and what they share.
    .target(
      name: "TestSupport", dependencies: sessions, path: "Tests/TestSupport", swiftSettings: settings),
    // An issuer whose answers a test writes.
    .target(
      name: "TestIssuer", dependencies: sessions + ["IssuerClient"] + clientLibraries,
      path: "Tests/TestIssuer",
      swiftSettings: settings),
    .executableTarget(
      name: "ring-torture", dependencies: tokens + ["TestSupport"],
      path: "Tests/RingTorture",
      swiftSettings: settings),
    .testTarget(name: "ArchitectureTests"),
    .testTarget(name: "BenchmarksTests", dependencies: core + ["BenchmarkResults"]),
    .testTarget(name: "CommandTests", dependencies: ["idtoken", "TestSupport", argumentParser]),
    .testTarget(
      name: "DocumentationTests",
      dependencies: sessions + ["IssuerClient", "TestIssuer", "TestSupport", "SessionScripting"]),
    .testTarget(name: "JOSECoreTests", dependencies: core + ["TestSupport"]),
    .testTarget(name: "KillTests", dependencies: ["ring-torture", "TestSupport"]),
    .testTarget(name: "KeyRotationTests", dependencies: rotation + ["TestSupport"]),
    .testTarget(name: "RotationModelTests", dependencies: rotation + ["RotationModel"]),
    .testTarget(name: "IDTokensTests", dependencies: tokens + ["TestSupport"]),
    .testTarget(name: "RingStoreTests", dependencies: tokens + ["ring-torture", "TestSupport"]),
    .testTarget(
      name: "IDTokenServerTests",
      dependencies: sessions + ["IDTokenServer", "IssuerClient", "TestSupport"] + serverLibraries
        + serviceTestLibraries + [
          product("AsyncHTTPClient", "async-http-client"), product("NIOEmbedded", "swift-nio"),
          product("NIOHTTP1", "swift-nio"),
        ]),
    .testTarget(
      name: "IssuerClientTests",
      dependencies: sessions + ["IssuerClient", "TestIssuer", "IDTokenServer", "TestSupport"]
        + serverLibraries + serviceTestLibraries + [
          product("AsyncHTTPClient", "async-http-client"), product("NIOSSL", "swift-nio-ssl"),
        ]),
    .testTarget(
      name: "SessionHostTests", dependencies: sessions + ["IssuerClient", "TestIssuer", "TestSupport"]),
    .testTarget(name: "SessionScriptingTests", dependencies: sessions + ["SessionScripting", "TestSupport"]),
  ]
)

// Coverage-guided fuzzing. Tests/Fuzz/run sets FUZZ to libFuzzer's archive; for everyone else none of this is there.
if let driver = Context.environment["FUZZ"] {
  for target in package.targets where !target.isTest && target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-sanitize=fuzzer,address"])]
  }
  package.targets.append(
    .executableTarget(
      name: "Fuzz",
      dependencies: sessions + serverLibraries + [
        "IDTokenServer", "TestSupport", product("NIOEmbedded", "swift-nio"),
        product("NIOHTTP1", "swift-nio"),
      ],
      path: "Tests/Fuzz", exclude: ["dictionary.txt", "run"],
      swiftSettings: [.unsafeFlags(["-parse-as-library", "-sanitize=fuzzer,address"])],
      linkerSettings: [.unsafeFlags([driver, "-use-ld=lld"]), .linkedLibrary("stdc++")]))
}

// For `make documentation`: nobody who uses the package fetches it.
if Context.environment["DOCUMENTATION"] != nil {
  package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}
