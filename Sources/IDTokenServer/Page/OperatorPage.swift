#if Server
public import JOSECore
public import KeyRotation
import Mustache

/// The operator's page: the keys and what happens to them next, what was issued and refused, and an inspector that
/// decodes tokens within the browser.
///
/// One document without external assets, made from the template, style and script in Resources. The template escapes
/// every value; the hashes of style and script are in the Content-Security-Policy, so nothing else can run, load
/// or submit. The script may fetch from this issuer alone: the page again, with which it renews what it shows.
public enum OperatorPage {
  /// The document, as `text/html; charset=utf-8`.
  public static func html(_ status: OperatorStatus) throws -> String {
    try template.get().render(PageContent(status, css: style, js: script))
  }

  /// The fields that go with the document.
  public static let headerFields: [(name: String, value: String)] = [
    ("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"), ("content-security-policy", contentSecurityPolicy),
    ("referrer-policy", "no-referrer"), ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"), ("x-frame-options", "DENY"),
  ]

  /// Content Security Policy Level 3: the script and the style of this page, and nothing from elsewhere.
  public static let contentSecurityPolicy =
    [
      "default-src 'none'", "script-src \(hash(of: script))", "style-src \(hash(of: style))", "img-src data:",
      "connect-src 'self'", "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'",
      "require-trusted-types-for 'script'", "trusted-types 'none'",
    ].joined(separator: "; ")

  private static let template = Result {
    try MustacheTemplate(string: String(decoding: PackageResources.page_html, as: UTF8.self))
  }
  private static let style = String(decoding: PackageResources.page_css, as: UTF8.self)
  private static let script = String(decoding: PackageResources.page_js, as: UTF8.self)

  /// A hash-source: SHA-256 in base64. If hashing fails, the browser blocks the script or the style.
  private static func hash(of text: String) -> String {
    let bytes = Array(text.utf8)
    guard let hash = try? MessageDigest.sha256.hash(bytes.span) else { return "'none'" }
    let base64 = Base64URL.encode(hash.span).replacing("-", with: "+").replacing("_", with: "/")
    return "'sha256-\(base64)='"
  }
}

/// The state of an issuer at one moment, as its operator's page shows it.
public struct OperatorStatus: Sendable {
  public var now: NumericDate
  public var startedAt: NumericDate
  /// The issuer's URL, `iss` of its tokens.
  public var issuer: String
  public var role: KeyRing.Role
  /// Why the issuer isn't ready, a sentence each; empty if it is ready.
  public var obstacles: [String]
  public var ring: KeyRingState
  /// `KeyRing.signsUntil`: until when this process may sign without reading its store again.
  public var signsUntil: NumericDate
  public var statistics: IssuanceStatistics

  public init(
    now: NumericDate, startedAt: NumericDate, issuer: String, role: KeyRing.Role,
    obstacles: [String] = [], ring: KeyRingState, signsUntil: NumericDate,
    statistics: IssuanceStatistics = IssuanceStatistics()
  ) {
    (self.now, self.startedAt, self.issuer, self.role) = (now, startedAt, issuer, role)
    (self.obstacles, self.ring, self.signsUntil) = (obstacles, ring, signsUntil)
    self.statistics = statistics
  }
}
#endif
