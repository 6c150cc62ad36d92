#if Server
public import HTTPTypes
import JOSECore

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
#endif
