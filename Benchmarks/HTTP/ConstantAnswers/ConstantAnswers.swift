#if Server
import HTTPTypes
import Hummingbird
import IDTokenServer
import Logging
import NIOCore

/// The server of `idtoken serve` without the issuer behind it: every request is read to its end and gets the same answer.
/// What this can't do in a second, no issuer on this server can. A program of its own, so that nobody who runs the
/// issuer can ever get such an answer.
///
///     constant-answers PORT FILE
///
/// `FILE` holds an answer as `curl -i` prints it.
@main
struct ConstantAnswers {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else { throw UsageError() }
    let configuration = try IssuerConfiguration(Settings(flags: [.port: arguments[1]]))
    var logger = Logger(label: "constant-answers")
    logger.logLevel = configuration.logLevel
    let application = Application(
      responder: ConstantResponder(try RecordedAnswer(contentsOf: arguments[2])),
      server: try configuration.bareServer(),
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port)),
      logger: logger)
    try await application.runService()
  }
}

struct UsageError: Error, CustomStringConvertible {
  var description: String { "usage: constant-answers PORT FILE" }
}

private struct ConstantResponder: HTTPResponder {
  let fields: HTTPFields
  let body: ByteBuffer

  init(_ answer: RecordedAnswer) {
    fields = answer.fields
    body = ByteBuffer(string: answer.body)
  }

  func respond(to request: Request, context: IssuerRequestContext) async throws -> Response {
    if request.method == .post { _ = try await request.body.collect(upTo: 1 << 18) }
    return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: body))
  }
}
#else
@main
enum ConstantAnswers {
  static func main() { print("Built without the trait Server.") }
}
#endif
