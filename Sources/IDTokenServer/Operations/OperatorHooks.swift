#if Server
public import JOSECore
package import KeyRotation
public import ServiceLifecycle

/// The documents for operators. An endpoint whose member is `nil` doesn't exist.
public struct OperatorHooks: Sendable {
  /// `GET /metrics`: the Prometheus text format, version 0.0.4.
  public var metrics: (@Sendable (NumericDate) -> [UInt8])?
  /// `GET /openapi.json`.
  public var openAPI: [UInt8]?
  /// `GET /`.
  public var page: (@Sendable (OperatorView) -> OperatorDocument)?

  /// Services that the documents need while the issuer runs.
  public var services: [any Service] = []

  public init() {}

  /// The page, metrics and description of this module.
  ///
  /// - Parameter metrics: the factory that is given to the issuer too.
  public static func standard(_ metrics: PrometheusMetrics, role: IssuerConfiguration.Role) -> OperatorHooks {
    var hooks = OperatorHooks()
    let recorder = StatisticsRecorder(metrics)
    hooks.services = [recorder]
    hooks.metrics = { _ in metrics.exposition() }
    hooks.openAPI = openAPI
    hooks.page = { view in
      let status = OperatorStatus(
        now: view.now, startedAt: view.startedAt, issuer: view.issuer, role: role.ofRing,
        obstacles: view.problems, ring: view.snapshot.ring, signsUntil: view.signsUntil,
        statistics: recorder.statistics())
      // The template is a constant, and the tests render it.
      let html = (try? OperatorPage.html(status)) ?? "The page can't be rendered."
      return OperatorDocument(html: html, fields: OperatorPage.headerFields)
    }
    return hooks
  }

  /// The OpenAPI 3.1 document in Resources, the same for every issuer.
  public static var openAPI: [UInt8] { PackageResources.openapi_json }
}

/// The data for the operator's page.
public struct OperatorView: Sendable {
  public let now: NumericDate
  package let snapshot: KeyRingSnapshot
  /// Until when this process may sign without reading its store again.
  public let signsUntil: NumericDate
  /// Why it isn't ready; empty if it is ready.
  public let problems: [String]
  /// When this process began to listen.
  public let startedAt: NumericDate
  public let issuer: String
}

/// A page and its header fields, among them the Content-Security-Policy.
public struct OperatorDocument: Sendable {
  public let html: String
  /// In lower case.
  public let fields: [(name: String, value: String)]

  public init(html: String, fields: [(name: String, value: String)]) {
    (self.html, self.fields) = (html, fields)
  }
}
#endif
