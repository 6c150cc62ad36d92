#if Server
import JOSECore
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
#endif
