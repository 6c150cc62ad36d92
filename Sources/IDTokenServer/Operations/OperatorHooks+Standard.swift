#if Server
import KeyRotation

extension OperatorHooks {
  /// This module's own page, figures and description. `metrics` has to be the issuer's factory too.
  public static func standard(_ metrics: PrometheusMetrics, role: IssuerConfiguration.Role) -> OperatorHooks {
    var hooks = OperatorHooks()
    let figures = StatisticsRecorder(metrics)
    hooks.services = [figures]
    hooks.metrics = { _ in metrics.exposition() }
    hooks.openAPI = OpenAPIDocument.json
    hooks.page = { view in
      let status = OperatorStatus(
        now: view.now, startedAt: view.startedAt, issuer: view.issuer, role: role.ofRing,
        obstacles: view.problems, ring: view.snapshot.ring, signsUntil: view.signsUntil,
        figures: figures.figures())
      // The template is a constant, and the tests render it.
      let html = (try? OperatorPage.html(status)) ?? "The page can't be rendered."
      return OperatorDocument(html: html, fields: OperatorPage.headerFields)
    }
    return hooks
  }
}
#endif
