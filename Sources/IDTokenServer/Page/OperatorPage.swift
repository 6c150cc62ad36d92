#if Server
public import HTTPTypes
public import JOSECore
public import KeyRotation
import Mustache

/// The page that an operator looks at: keys and what happens to them next, what is issued and refused, and an inspector
/// that decodes tokens within the browser.
///
/// One document without external assets. Everything in it is escaped by the template; style and script are constants
/// whose hashes are in the Content-Security-Policy, so nothing else can run, load, connect or submit.
public enum OperatorPage {
  /// The document, as `text/html; charset=utf-8`.
  public static func html(_ status: OperatorStatus) throws -> String {
    try template.get().render(PageContent(status))
  }

  static let template = Result { try MustacheTemplate(string: templateText) }

  static let templateText = [head, overview, keys, figures, endpoints, inspector, foot].joined()

  private static let head = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>{{state}} – {{issuer}}</title>
    <link rel="icon" href="\(icon)">
    <style>\(style)</style>
    </head>
    <body>
    <a class="skip" href="#inspector">Skip to the token inspector</a>

    """

  private static let icon =
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    + "%3Crect width='16' height='16' rx='4' fill='%230969da'/%3E"
    + "%3Cpath d='M3 8h10M9.5 8v3M12 8v2' stroke='%23fff' stroke-width='1.6'/%3E"
    + "%3Ccircle cx='5' cy='8' r='2' fill='%230969da' stroke='%23fff' stroke-width='1.6'/%3E%3C/svg%3E"

  private static let foot = """
    </main>
    <script>\(script)</script>
    </body>
    </html>

    """
}

extension OperatorPage {
  /// The fields that go with the document.
  public static let headerFields: HTTPFields = {
    var fields: HTTPFields = [
      .contentType: "text/html; charset=utf-8", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
      .contentSecurityPolicy: contentSecurityPolicy,
    ]
    let further = [
      ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Opener-Policy", "same-origin"),
      ("Cross-Origin-Resource-Policy", "same-origin"), ("X-Frame-Options", "DENY"),
    ]
    for (name, value) in further {
      if let name = HTTPField.Name(name) { fields[name] = value }
    }
    return fields
  }()

  /// Content Security Policy Level 3: the one script and the one style of this page, and no way out of it.
  public static let contentSecurityPolicy =
    [
      "default-src 'none'", "script-src \(hash(of: script))", "style-src \(hash(of: style))",
      "img-src data:",
      "connect-src 'none'", "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'",
      "require-trusted-types-for 'script'", "trusted-types 'none'",
    ].joined(separator: "; ")

  /// A hash-source: SHA-256 in base64. One that can't be made lets nothing through.
  private static func hash(of text: String) -> String {
    let bytes = Array(text.utf8)
    guard let hash = try? MessageDigest.sha256.hash(bytes.span) else { return "'none'" }
    let base64 = Base64URL.encode(hash.span).replacing("-", with: "+").replacing("_", with: "/")
    return "'sha256-\(base64)='"
  }
}

/// How an issuer is doing at one moment: what its operator's page shows.
public struct OperatorStatus: Sendable {
  public var now: NumericDate
  public var startedAt: NumericDate
  /// The issuer's URL, `iss` of its tokens.
  public var issuer: String
  public var role: KeyRotator.Role
  /// Why the issuer is not ready, in words; nothing when it is.
  public var obstacles: [String]
  public var ring: KeyRing
  /// Until when this process may sign without hearing from its store again: `CurrentKeyRing.signsUntil`.
  public var signsUntil: NumericDate
  public var figures: IssuanceStatistics

  public init(
    now: NumericDate, startedAt: NumericDate, issuer: String, role: KeyRotator.Role,
    obstacles: [String] = [],
    ring: KeyRing, signsUntil: NumericDate, figures: IssuanceStatistics = IssuanceStatistics()
  ) {
    (self.now, self.startedAt, self.issuer, self.role) = (now, startedAt, issuer, role)
    (self.obstacles, self.ring, self.signsUntil, self.figures) = (obstacles, ring, signsUntil, figures)
  }
}
#endif
