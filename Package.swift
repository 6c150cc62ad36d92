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

/// A product that only a trait brings.
func product(_ name: String, _ package: String, trait: String = "Server") -> Target.Dependency {
  .product(name: name, package: package, condition: .when(traits: [trait]))
}

let package = Package(
  name: "swift-id-tokens",
  platforms: [.macOS("26.0")],
  products: [
    .library(name: "IDTokens", targets: ["IDTokens", "KeyRotation", "JOSE", "JWA", "JSON"]),
    .library(name: "SessionHost", targets: ["SessionHost"]),
    .library(name: "IDTokenServer", targets: ["IDTokenServer"]),
    .library(name: "IssuerClient", targets: ["IssuerClient"]),
    .executable(name: "idtoken", targets: ["idtoken"]),
  ],
  // Off by default: who depends on the library alone fetches none of what they need.
  traits: [
    .trait(
      name: "Server", description: "The HTTP issuer and its clients, with logs, metrics and tracing."),
    .trait(name: "Peers", description: "Benchmarks measures other libraries beside this one."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(
      url: "https://github.com/apple/swift-configuration", from: "1.4.0",
      traits: ["JSON", "CommandLineArguments"]),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.30.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .systemLibrary(
      name: "CJansson", pkgConfig: "jansson",
      providers: [.apt(["libjansson-dev"]), .brew(["jansson"])]),

    // The core. Each room may import the ones named here and nothing else; Tests/HouseRules checks it.
    .target(name: "Platform", swiftSettings: settings),
    .target(name: "JWA", dependencies: ["COpenSSL", "Platform"], swiftSettings: settings),
    .target(name: "JSON", dependencies: ["CJansson"], swiftSettings: settings),
    .target(name: "JOSE", dependencies: ["JWA", "JSON", "Platform"], swiftSettings: settings),
    .target(name: "KeyRotation", dependencies: ["JOSE", "JWA", "JSON", "Platform"], swiftSettings: settings),
    .target(
      name: "IDTokens", dependencies: ["KeyRotation", "JOSE", "JWA", "JSON", "Platform"],
      swiftSettings: settings),
    // Checks the rotation step against caching verifiers, and simulates a policy over years.
    .target(name: "RotationModel", dependencies: ["KeyRotation", "JOSE", "JWA"], swiftSettings: settings),
    .target(
      name: "SessionHost", dependencies: ["IDTokens", "JOSE", "JWA", "JSON", "Platform"],
      swiftSettings: settings),

    .target(
      name: "IDTokenServer",
      dependencies: [
        "SessionHost", "IDTokens", "KeyRotation", "JOSE", "JWA", "JSON", "Platform",
        product("Configuration", "swift-configuration"), product("HTTPTypes", "swift-http-types"),
        product("Hummingbird", "hummingbird"), product("HummingbirdCore", "hummingbird"),
        product("HummingbirdTLS", "hummingbird"), product("Logging", "swift-log"),
        product("Metrics", "swift-metrics"),
        product("Mustache", "swift-mustache"), product("NIOCore", "swift-nio"),
        product("NIOHTTP1", "swift-nio"), product("NIOHTTPTypes", "swift-nio-extras"),
        product("NIOSSL", "swift-nio-ssl"), product("NIOTLS", "swift-nio"),
        product("ServiceLifecycle", "swift-service-lifecycle"),
        product("Tracing", "swift-distributed-tracing"),
        product("UnixSignals", "swift-service-lifecycle"),
      ],
      swiftSettings: settings),
    // What asks an issuer over HTTP: hosts for tokens, backends for keys.
    .target(
      name: "IssuerClient",
      dependencies: [
        "SessionHost", "IDTokens", "JOSE", "JWA", "JSON", "Platform",
        product("AsyncHTTPClient", "async-http-client"), product("Logging", "swift-log"),
        product("NIOCore", "swift-nio"), product("NIOHTTP1", "swift-nio"), product("NIOPosix", "swift-nio"),
        product("NIOSSL", "swift-nio-ssl"), product("ServiceLifecycle", "swift-service-lifecycle"),
      ],
      swiftSettings: settings),

    .executableTarget(
      name: "idtoken",
      dependencies: [
        "RotationModel", "SessionHost", "IDTokens", "KeyRotation", "JOSE", "JWA", "JSON", "Platform",
        .target(name: "IDTokenServer", condition: .when(traits: ["Server"])),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    // What the limit measures is C, so that it is OpenSSL and nothing else.
    .target(
      name: "BareOpenSSL", dependencies: ["COpenSSL"], path: "Benchmarks/BareOpenSSL",
      cSettings: [.define("OPENSSL_NO_DEPRECATED")]),
    // Opens the multi-buffer library at run time, as JWA does by itself: nobody needs it to build.
    .target(
      name: "BareLanes", dependencies: ["COpenSSL"], path: "Benchmarks/BareLanes",
      cSettings: [.define("OPENSSL_NO_DEPRECATED")],
      linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    // Opens cjose and libjwt at run time: nobody needs them to build.
    .target(
      name: "PeerLibraries", dependencies: ["CJansson", "COpenSSL"], path: "Benchmarks/PeerLibraries",
      linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    // In a target of its own: linked into tests it would count, and slow down, what they allocate.
    .target(name: "AllocationCount", path: "Benchmarks/AllocationCount"),
    // What measurements come to: arithmetic and files, which tests can check.
    .target(
      name: "BenchmarkResults", dependencies: ["JSON"], path: "Benchmarks/Results", swiftSettings: settings),
    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "AllocationCount", "BareLanes", "BareOpenSSL", "BenchmarkResults", "SessionHost", "IDTokens",
        "KeyRotation", "JOSE", "JWA", "JSON",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .target(name: "PeerLibraries", condition: .when(traits: ["Peers"])),
        .product(name: "JWTKit", package: "jwt-kit", condition: .when(traits: ["Peers"])),
      ],
      path: "Benchmarks",
      exclude: [
        "AllocationCount", "BareLanes", "BareOpenSSL", "HTTP", "PeerLibraries", "Peers/Processes",
        "Peers/run", "Peers/requirements.txt", "README.md", "Results", "instructions", "thresholds.json",
        "tokens-per-second.svg",
      ],
      swiftSettings: settings),

    // A program of its own: the issuer has no such answers.
    .executableTarget(
      name: "constant-answers",
      dependencies: [
        .target(name: "IDTokenServer", condition: .when(traits: ["Server"])),
        product("HTTPTypes", "swift-http-types"), product("Hummingbird", "hummingbird"),
        product("HummingbirdCore", "hummingbird"), product("Logging", "swift-log"),
        product("NIOCore", "swift-nio"),
      ],
      path: "Benchmarks/HTTP/ConstantAnswers", swiftSettings: settings),

    .testTarget(name: "HouseRulesTests"),
    .testTarget(name: "BenchmarksTests", dependencies: ["BenchmarkResults", "JSON"]),
    .testTarget(name: "CommandTests", dependencies: ["idtoken"]),
    .testTarget(
      name: "DocumentationTests",
      dependencies: [
        "IssuerClient", "IssuerBench", "SessionHost", "IDTokens", "KeyRotation", "JOSE", "JWA",
      ]),
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .testTarget(name: "JWATests", dependencies: ["JWA", "JSON", "JOSE", "Platform", "TestSupport"]),
    .testTarget(name: "JSONTests", dependencies: ["JSON", "TestSupport"]),
    .testTarget(name: "JOSETests", dependencies: ["JOSE", "JSON", "JWA", "TestSupport"]),
    .testTarget(name: "KeyRotationTests", dependencies: ["KeyRotation", "JOSE", "JSON", "JWA", "Platform"]),
    .testTarget(
      name: "RotationModelTests", dependencies: ["RotationModel", "KeyRotation", "JOSE", "JWA", "Platform"]),
    .testTarget(
      name: "IDTokensTests", dependencies: ["IDTokens", "KeyRotation", "JOSE", "JSON", "JWA", "Platform"]),
    .target(
      name: "RingInspection", dependencies: ["IDTokens", "KeyRotation", "JOSE", "JWA"],
      path: "Tests/RingInspection", swiftSettings: settings),
    .executableTarget(
      name: "ring-torture",
      dependencies: [
        "RingInspection", "TestSupport", "IDTokens", "KeyRotation", "JOSE", "JSON", "JWA", "Platform",
      ],
      path: "Tests/RingTorture", swiftSettings: settings),
    .testTarget(
      name: "RingStoreTests",
      dependencies: [
        "ring-torture", "RingInspection", "TestSupport", "IDTokens", "KeyRotation", "JOSE", "JSON", "JWA",
        "Platform",
      ]),
    .testTarget(
      name: "IDTokenServerTests",
      dependencies: [
        "IDTokenServer", "IssuerClient", "TestSupport", "SessionHost", "IDTokens", "KeyRotation", "JOSE",
        "JWA", "JSON",
        product("AsyncHTTPClient", "async-http-client"), product("Configuration", "swift-configuration"),
        product("Hummingbird", "hummingbird"), product("HTTPTypes", "swift-http-types"),
        product("HummingbirdTesting", "hummingbird"), product("Logging", "swift-log"),
        product("Metrics", "swift-metrics"), product("NIOCore", "swift-nio"),
        product("ServiceLifecycle", "swift-service-lifecycle"),
        product("ServiceLifecycleTestKit", "swift-service-lifecycle"),
      ]),
    // An issuer of the tests on a port of its own: what it answers is a test's.
    .target(
      name: "IssuerBench",
      dependencies: [
        "IssuerClient", "SessionHost", "IDTokens", "JOSE", "JSON",
        product("NIOCore", "swift-nio"), product("NIOPosix", "swift-nio"),
        product("NIOSSL", "swift-nio-ssl"),
      ],
      path: "Tests/IssuerBench", swiftSettings: settings),
    .testTarget(
      name: "IssuerClientTests",
      dependencies: [
        "IssuerClient", "IssuerBench", "IDTokenServer", "TestSupport", "SessionHost", "IDTokens",
        "KeyRotation",
        "JOSE", "JWA", "JSON", product("AsyncHTTPClient", "async-http-client"),
        product("Hummingbird", "hummingbird"), product("HTTPTypes", "swift-http-types"),
        product("HummingbirdTesting", "hummingbird"), product("Logging", "swift-log"),
        product("NIOCore", "swift-nio"), product("NIOSSL", "swift-nio-ssl"),
        product("ServiceLifecycle", "swift-service-lifecycle"),
        product("ServiceLifecycleTestKit", "swift-service-lifecycle"),
      ]),
    .testTarget(
      name: "SessionHostTests",
      dependencies: [
        "SessionHost", "IssuerClient", "IssuerBench", "IDTokens", "KeyRotation", "JOSE", "JSON", "JWA",
      ]),
  ]
)
