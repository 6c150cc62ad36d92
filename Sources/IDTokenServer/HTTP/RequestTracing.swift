#if Server
import HTTPTypes
import Hummingbird
import Instrumentation
import Tracing

/// Spans of requests, children of the callers' (W3C Trace Context). Only where the program has set a tracer up: without
/// one a span costs time and goes nowhere.
struct RequestTracing: Sendable {
  let tracer: any Tracer

  func trace(_ request: Request, _ answer: () async -> Response) async -> Response {
    var context = ServiceContext.topLevel
    tracer.extract(request.headers, into: &context, using: FieldExtractor())
    let name = "\(request.method.rawValue) \(Route(path: request.uri.path).rawValue)"
    return await tracer.withAnySpan(name, context: context, ofKind: .server) { span in
      let response = await answer()
      span.attributes["http.request.method"] = request.method.rawValue
      span.attributes["http.response.status_code"] = response.status.code
      if response.status.code >= 500 { span.setStatus(SpanStatus(code: .error)) }
      return response
    }
  }
}

private struct FieldExtractor: Extractor {
  func extract(key: String, from fields: HTTPFields) -> String? { fields[named: HTTPField.Name(key)] }
}
#endif
