#if Server
import Foundation
import IDTokenServer
import JOSECore
import KeyRotation
import Metrics
import Testing

@Suite struct OperatorPageTests {
  @Test("The page shows every key, the next events and why the issuer isn't ready")
  func content() throws {
    var status = try SamplePage.status()
    let html = try OperatorPage.html(status)
    for key in status.ring.keys { #expect(html.contains("data-kid=\"\(key.keyID)\"")) }
    for text in ["Ready", "takes over from", "leaves the JWKS", "is known to every verifier", "my-app"] {
      #expect(html.contains(text), "\(text) is missing")
    }
    status.obstacles = ["there is no active ES256 key"]
    let other = try OperatorPage.html(status)
    #expect(other.contains("Not ready") && other.contains("<li>there is no active ES256 key</li>"))
  }

  @Test("Names are escaped")
  func escaping() throws {
    var status = try SamplePage.status()
    let attack = "\"'><script>alert(1)</script>{{issuer}}&"
    (status.issuer, status.obstacles) = (attack, [attack])
    let html = try OperatorPage.html(status)
    #expect(!html.contains("<script>alert"))
    #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;{{issuer}}&amp;"))
    #expect(html.components(separatedBy: "<script").count == 2)
  }

  @Test("A page without tokens and refusals is complete")
  func empty() throws {
    var status = try SamplePage.status()
    status.statistics = IssuanceStatistics()
    let html = try OperatorPage.html(status)
    #expect(html.contains("No token has been asked for") && html.contains("Nothing has been refused"))
  }

  @Test(
    "The policy has the hashes of style and script, and nothing may load from elsewhere or submit"
  )
  func policy() throws {
    let html = try OperatorPage.html(SamplePage.status())
    let fields = Dictionary(uniqueKeysWithValues: OperatorPage.headerFields.map { ($0.name, $0.value) })
    let policy = try #require(fields["content-security-policy"])
    for (tag, directive) in [("script", "script-src"), ("style", "style-src")] {
      let start = try #require(html.range(of: "<\(tag)>"))
      let end = try #require(html.range(of: "</\(tag)>"))
      let text = String(html[start.upperBound..<end.lowerBound])
      let bytes = Array(text.utf8)
      let hash = try MessageDigest.sha256.hash(bytes.span)
      #expect(policy.contains("\(directive) 'sha256-\(Data(hash).base64EncodedString())';"))
    }
    #expect(policy.hasPrefix("default-src 'none'") && policy.contains("connect-src 'self'"))
    #expect(policy.contains("form-action 'none'") && !policy.contains("unsafe"))
    #expect(fields["cache-control"] == "no-store" && fields["x-content-type-options"] == "nosniff")
  }

  @Test("The page has no external asset, form, handler or style attribute")
  func selfContained() throws {
    let html = try OperatorPage.html(SamplePage.status())
    let page = html.replacing(/<script>[\s\S]*<\/script>/, with: "").replacing(
      /<style>[\s\S]*<\/style>/, with: "")
    for word in ["http:", " src=", "<form", " style=", " onclick", "@import", "url("] {
      #expect(!page.replacing("http://www.w3.org", with: "").contains(word), "\(word) is in the page")
    }
  }

  @Test("Every section, table and picture has a label", arguments: ["<table>", "<svg", "<section"])
  func accessibility(tag: String) throws {
    let html = try OperatorPage.html(SamplePage.status())
    let label =
      ["<table>": "<caption>", "<svg": "role=\"img\" aria-label", "<section": "aria-labelledby"][tag] ?? ""
    #expect(html.components(separatedBy: tag).count <= html.components(separatedBy: label).count)
    #expect(html.components(separatedBy: "<h1").count == 2 && html.contains("<html lang=\"en\">"))
  }

  @Test(
    "The page is written to the folder OPERATOR_PAGE",
    .enabled(if: ProcessInfo.processInfo.environment["OPERATOR_PAGE"] != nil))
  func file() throws {
    let folder = URL(filePath: try #require(ProcessInfo.processInfo.environment["OPERATOR_PAGE"]))
    let policy = OperatorPage.contentSecurityPolicy
    try OperatorPage.html(SamplePage.status()).write(
      to: folder.appending(path: "page.html"), atomically: true, encoding: .utf8)
    try policy.write(to: folder.appending(path: "policy.txt"), atomically: true, encoding: .utf8)
    try Data(OperatorHooks.openAPI).write(to: folder.appending(path: "openapi.json"))
    try Data(SamplePage.metrics().exposition()).write(to: folder.appending(path: "metrics.txt"))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(Set(names).isSuperset(of: ["page.html", "policy.txt", "openapi.json", "metrics.txt"]))
  }
}

@Suite struct StatisticsRecorderTests {
  @Test("Rates are of the last minute, history of a quarter of an hour, and totals since the start")
  func rates() throws {
    let metrics = PrometheusMetrics()
    let start = ContinuousClock.Instant.now
    let recorder = StatisticsRecorder(metrics, at: start)
    let counter = Counter(
      label: "idtoken_tokens_total", dimensions: [("client_id", "a"), ("alg", "HS256")], factory: metrics)
    for step in 1...120 {
      counter.increment(by: step <= 60 ? 10 : 50)
      recorder.sample(at: start + .seconds(10 * step))
    }
    let statistics = recorder.statistics(at: start + .seconds(1200))
    let row = try #require(statistics.tokens.first)
    #expect(row.total == 3600 && row.rate == 5 && row.recent == 3300)
    #expect(statistics.history.count == 30 && statistics.history.first == 1 && statistics.history.last == 5)
    #expect(statistics.tokensPerSecond == 5)
  }

  @Test("There is no rate in the first second, and then it is that since the start")
  func start() {
    let metrics = PrometheusMetrics()
    let start = ContinuousClock.Instant.now
    let recorder = StatisticsRecorder(metrics, at: start)
    Counter(label: "idtoken_refusals_total", dimensions: [("reason", "slow_down")], factory: metrics)
      .increment(by: 8)
    #expect(recorder.statistics(at: start).refusals.map(\.rate) == [0])
    #expect(recorder.statistics(at: start + .seconds(4)).refusals.map(\.rate) == [2])
  }
}
#endif
