#if Server
import Foundation
import IDTokenServer
import Metrics
import Testing

@Suite struct PrometheusMetricsTests {
  private let metrics = PrometheusMetrics()

  private func text() -> String { String(decoding: metrics.exposition(), as: UTF8.self) }

  private func lines(of name: String) -> [String] {
    text().split(separator: "\n").map(String.init).filter { $0.contains(name) }
  }

  @Test("A counter keeps its name and counts by its labels, after its HELP and TYPE lines")
  func counter() {
    for (app, count) in [("b", 2), ("a", 1)] {
      let label = "idtoken_tokens_total"
      Counter(label: label, dimensions: [("client_id", app), ("alg", "ES256")], factory: metrics)
        .increment(by: count)
    }
    #expect(
      lines(of: "idtoken_tokens_total") == [
        "# HELP idtoken_tokens_total Tokens issued, by app and algorithm.",
        "# TYPE idtoken_tokens_total counter",
        #"idtoken_tokens_total{alg="ES256",client_id="a"} 1"#,
        #"idtoken_tokens_total{alg="ES256",client_id="b"} 2"#,
      ])
  }

  @Test("The order of dimensions doesn't matter, and a counter never decreases")
  func identity() {
    Counter(label: "c", dimensions: [("a", "1"), ("b", "2")], factory: metrics).increment(by: 3)
    let same = Counter(label: "c", dimensions: [("b", "2"), ("a", "1")], factory: metrics)
    same.increment(by: 4)
    same.increment(by: -5)
    #expect(lines(of: "c{") == [#"c{a="1",b="2"} 7"#])
  }

  @Test("Fractions, gauges that rise and fall, infinities and NaN are written")
  func gauges() {
    let fraction = FloatingPointCounter(label: "f", factory: metrics)
    fraction.increment(by: 0.5)
    fraction.increment(by: Double.nan)
    let meter = Meter(label: "m", factory: metrics)
    meter.set(5)
    meter.decrement(by: 7.25)
    for (label, value) in [
      ("g1", Double.infinity), ("g2", -.infinity), ("g3", .nan), ("g4", 1_795_250_000),
    ] {
      Gauge(label: label, factory: metrics).record(value)
    }
    for line in ["f 0.5", "# TYPE f counter", "m -2.25", "# TYPE m gauge"] {
      #expect(lines(of: line) == [line])
    }
    #expect(
      lines(of: "g").filter { $0.hasPrefix("g") } == ["g1 +Inf", "g2 -Inf", "g3 NaN", "g4 1795250000"])
  }

  @Test("A timer is a histogram in seconds with cumulative buckets, from 10 µs to 10 s")
  func timer() throws {
    let timer = Timer(label: "t_seconds", dimensions: [("route", "/session-token")], factory: metrics)
    for nanoseconds in [-1, 10_000, 10_001, 2_500_000_000, 20_000_000_000] as [Int64] {
      timer.recordNanoseconds(nanoseconds)
    }
    let lines = lines(of: "t_seconds")
    #expect(lines[0] == "# TYPE t_seconds histogram")
    #expect(lines[1] == #"t_seconds_bucket{route="/session-token",le="0.00001"} 2"#)
    #expect(lines[2] == #"t_seconds_bucket{route="/session-token",le="0.000025"} 3"#)
    let last = [
      #"t_seconds_bucket{route="/session-token",le="10"} 4"#,
      #"t_seconds_bucket{route="/session-token",le="+Inf"} 5"#,
      #"t_seconds_sum{route="/session-token"} 22.500020001"#, #"t_seconds_count{route="/session-token"} 5"#,
    ]
    #expect(Array(lines.suffix(4)) == last)
    #expect(lines.count == 1 + 20 + 2)
  }

  @Test("A recorder that aggregates is a summary, and one that doesn't is a gauge")
  func recorder() {
    let summary = Recorder(label: "sizes", factory: metrics)
    for value in [1, 2.5, .infinity] { summary.record(value) }
    #expect(lines(of: "sizes") == ["# TYPE sizes summary", "sizes_sum 3.5", "sizes_count 2"])
  }

  @Test("Names are made valid, and values are escaped")
  func names() {
    let dimensions = [("le", "1"), ("__name__", "2"), ("1st-label", "a\\b\"c\nd\r\n"), ("1st_label", "é")]
    Timer(label: "http.requests/s", dimensions: dimensions, factory: metrics).recordNanoseconds(1)
    Counter(label: "", dimensions: [("", "x")], factory: metrics).increment()
    let labels = #"_1st_label="a\\b\"c\nd"# + "\r" + #"\n",_1st_label_="é",label___name__="2",label_le="1""#
    let text = text()
    #expect(text.contains("http_requests_s_count{\(labels)} 1\n"))
    #expect(text.contains("\n_{_=\"x\"} 1\n"))
  }

  @Test("A destroyed series is removed, and a new one starts at 0")
  func destroy() {
    let gauge = Gauge(label: "idtoken_key_age_seconds", dimensions: [("kid", "k")], factory: metrics)
    gauge.record(5)
    gauge.destroy()
    #expect(lines(of: "idtoken_key_age_seconds").isEmpty)
    _ = Gauge(label: "idtoken_key_age_seconds", dimensions: [("kid", "k")], factory: metrics)
    #expect(lines(of: "idtoken_key_age_seconds{") == [#"idtoken_key_age_seconds{kid="k"} 0"#])
  }
}

@Suite struct PrometheusLimitTests {
  private func samples(_ metrics: PrometheusMetrics) -> [Substring] {
    String(decoding: metrics.exposition(), as: UTF8.self).split(separator: "\n").filter {
      !$0.hasPrefix("#")
    }
  }

  @Test("Labels beyond the limit share a series, so that totals are right and memory is bounded")
  func series() {
    let metrics = PrometheusMetrics(limits: PrometheusLimits(names: 2, seriesPerName: 2, valueLength: 3))
    for number in 0..<100 {
      Counter(label: "c", dimensions: [("n", "\(number)")], factory: metrics).increment()
      Gauge(label: "g", dimensions: [("n", "\(number)")], factory: metrics).record(number)
      Counter(label: "name\(number)", factory: metrics).increment()
    }
    #expect(
      samples(metrics) == [
        #"c{n="0"} 1"#, #"c{n="1"} 1"#, #"c{overflow="true"} 98"#, #"g{n="0"} 0"#, #"g{n="1"} 1"#,
        "prometheus_refused_series_total 296",
      ])
  }

  @Test("Long values are truncated")
  func values() {
    let metrics = PrometheusMetrics(limits: PrometheusLimits(valueLength: 3))
    Counter(label: "c", dimensions: [("n", "abcdef")], factory: metrics).increment()
    #expect(samples(metrics).first == #"c{n="abc"} 1"#)
  }

  @Test("A name has one type, and no other metric has samples of that name")
  func types() {
    let metrics = PrometheusMetrics()
    Timer(label: "t", factory: metrics).recordNanoseconds(1)
    Counter(label: "t", factory: metrics).increment()
    Counter(label: "t_count", factory: metrics).increment()
    #expect(samples(metrics).filter { $0.hasPrefix("t_count") } == ["t_count 1"])
    #expect(samples(metrics).first == "prometheus_refused_series_total 2")
  }

  @Test("No count of any thread is lost during scrapes")
  func threads() async {
    let metrics = PrometheusMetrics()
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          let (counter, meter) = (
            Counter(label: "c", factory: metrics), Meter(label: "m", factory: metrics)
          )
          let timer = Timer(label: "t", factory: metrics)
          for _ in 0..<10_000 {
            counter.increment()
            meter.increment(by: 0.5)
            timer.recordNanoseconds(1_000_000)
          }
          _ = metrics.exposition()
        }
      }
    }
    let samples = samples(metrics)
    for line in ["c 80000", "m 40000", "t_count 80000", "t_sum 80.000000000"] {
      #expect(samples.contains(Substring(line)))
    }
  }
}
#endif
