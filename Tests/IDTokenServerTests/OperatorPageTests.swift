#if Server
import Foundation
import HTTPTypes
import IDTokenServer
import JOSECore
import KeyRotation
import Metrics
import Testing

@Suite struct OperatorPageTests {
  @Test("the page shows every key, what happens next and why the issuer isn't ready")
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

  @Test("whatever a name is, it is shown and not run")
  func escaping() throws {
    var status = try SamplePage.status()
    let attack = "\"'><script>alert(1)</script>{{issuer}}&"
    (status.issuer, status.obstacles) = (attack, [attack])
    let html = try OperatorPage.html(status)
    #expect(!html.contains("<script>alert"))
    #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;{{issuer}}&amp;"))
    #expect(html.components(separatedBy: "<script").count == 2)
  }

  @Test("a page without keys, tokens and refusals is whole")
  func empty() throws {
    var status = try SamplePage.status()
    status.statistics = IssuanceStatistics()
    let html = try OperatorPage.html(status)
    #expect(html.contains("No token has been asked for") && html.contains("Nothing has been refused"))
  }

  @Test(
    "style and script are those whose hashes the policy names, and nothing else may load, connect or submit"
  )
  func policy() throws {
    let html = try OperatorPage.html(SamplePage.status())
    let fields = OperatorPage.headerFields
    let policy = try #require(fields[.contentSecurityPolicy])
    for (tag, directive) in [("script", "script-src"), ("style", "style-src")] {
      let start = try #require(html.range(of: "<\(tag)>"))
      let end = try #require(html.range(of: "</\(tag)>"))
      let text = String(html[start.upperBound..<end.lowerBound])
      let bytes = Array(text.utf8)
      let hash = try MessageDigest.sha256.hash(bytes.span)
      #expect(policy.contains("\(directive) 'sha256-\(Data(hash).base64EncodedString())';"))
    }
    #expect(policy.hasPrefix("default-src 'none'") && policy.contains("connect-src 'none'"))
    #expect(policy.contains("form-action 'none'") && !policy.contains("unsafe"))
    #expect(fields[.cacheControl] == "no-store" && fields[.xContentTypeOptions] == "nosniff")
  }

  @Test("the page has no asset, no form, no handler and no style in an attribute")
  func selfContained() throws {
    let html = try OperatorPage.html(SamplePage.status())
    let page = html.replacing(/<script>[\s\S]*<\/script>/, with: "").replacing(
      /<style>[\s\S]*<\/style>/, with: "")
    for word in ["http:", " src=", "<form", " style=", " onclick", "@import", "url("] {
      #expect(!page.replacing("http://www.w3.org", with: "").contains(word), "\(word) is in the page")
    }
  }

  @Test("every heading, table and picture says what it is", arguments: ["<table>", "<svg", "<section"])
  func accessibility(tag: String) throws {
    let html = try OperatorPage.html(SamplePage.status())
    let label =
      ["<table>": "<caption>", "<svg": "role=\"img\" aria-label", "<section": "aria-labelledby"][tag] ?? ""
    #expect(html.components(separatedBy: tag).count <= html.components(separatedBy: label).count)
    #expect(html.components(separatedBy: "<h1").count == 2 && html.contains("<html lang=\"en\">"))
  }

  @Test(
    "the page can be looked at as a file",
    .enabled(if: ProcessInfo.processInfo.environment["OPERATOR_PAGE"] != nil))
  func file() throws {
    let folder = URL(filePath: try #require(ProcessInfo.processInfo.environment["OPERATOR_PAGE"]))
    let policy = OperatorPage.contentSecurityPolicy
    try OperatorPage.html(SamplePage.status()).write(
      to: folder.appending(path: "page.html"), atomically: true, encoding: .utf8)
    try policy.write(to: folder.appending(path: "policy.txt"), atomically: true, encoding: .utf8)
    try Data(OperatorHooks.openAPI).write(to: folder.appending(path: "openapi.json"))
    try Data(SamplePage.metrics().exposition()).write(to: folder.appending(path: "metrics.txt"))
  }
}

@Suite struct StatisticsRecorderTests {
  @Test("rates are of the last minute, history of a quarter of an hour, and totals of all the time")
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

  @Test("the first second has no rate, and then the time since the start counts")
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
