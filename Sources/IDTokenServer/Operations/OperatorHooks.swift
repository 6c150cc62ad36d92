#if Server
public import HTTPTypes
public import JOSECore
package import KeyRotation
public import ServiceLifecycle

/// What is shown to operators, by whom it is rendered: an endpoint without a renderer isn't there.
public struct OperatorHooks: Sendable {
  /// `GET /metrics`: the Prometheus text form, version 0.0.4.
  public var metrics: (@Sendable (NumericDate) -> [UInt8])?
  /// `GET /openapi.json`.
  public var openAPI: [UInt8]?
  /// `GET /`.
  public var page: (@Sendable (OperatorView) -> OperatorDocument)?

  /// What these need to run beside the issuer.
  public var services: [any Service] = []

  public init() {}
}

/// What the operator's page is made from.
public struct OperatorView: Sendable {
  public let now: NumericDate
  package let snapshot: KeyRingSnapshot
  /// Until when this process may sign without hearing from its store again.
  public let signsUntil: NumericDate
  /// Why it isn't ready; empty when it is.
  public let problems: [String]
  /// When this process began to listen.
  public let startedAt: NumericDate
  public let issuer: String
}

/// A page with its fields, among them what keeps it from reaching out (Content Security Policy Level 3).
public struct OperatorDocument: Sendable {
  public let html: String
  public let fields: HTTPFields

  public init(html: String, fields: HTTPFields) { (self.html, self.fields) = (html, fields) }
}
#endif
