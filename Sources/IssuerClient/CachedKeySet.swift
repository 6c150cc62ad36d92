#if Client
import AsyncHTTPClient
import JOSECore
import NIOHTTP1

/// An issuer's answer to who asked for its keys.
struct CachedKeySet: Sendable {
  /// `nil`: the same as before (304).
  let set: JWKSet?
  let entityTag: String?
  let maxAge: Int64?
  let age: Int64
}

extension CachedKeySet {
  static func request(_ url: EndpointURL, _ flight: InFlightFetch) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: url.text)
    request.headers.add(name: "Accept", value: "application/jwk-set+json, application/json")
    if let tag = flight.entityTag { request.headers.add(name: "If-None-Match", value: tag) }
    // RFC 9111 §5.2.1.4: past the caches on the way.
    if flight.isForced { request.headers.add(name: "Cache-Control", value: "no-cache") }
    return request
  }

  init(_ answer: Answer, to flight: InFlightFetch) throws(IssuerClientError) {
    switch answer.status {
    case 200:
      do { set = try JWKSet(parsing: answer.body.span) } catch {
        throw .malformedAnswer(reason: error.description.printable(256))
      }
    case 304 where flight.entityTag != nil: set = nil
    default: throw .refused(answer.refusal)
    }
    (entityTag, maxAge, age) = (answer.headers.entityTag, answer.headers.maxAge, answer.headers.age)
  }
}
#endif
