#if Client
import AsyncHTTPClient
import JOSECore
import NIOCore
import NIOHTTP1
import NIOPosix
public import NIOSSL
import SessionHost

/// How a client connects to an issuer.
public struct ConnectionOptions: Sendable {
  /// The time for a whole answer, including the one retry. For tokens, keep it below the deadline of `SessionAPI` (5 s by
  /// default): otherwise the host learns only that the deadline has passed.
  public var timeout: Duration = .seconds(4)
  /// Trusted roots and the client's certificate. By default the system's roots, and no certificate.
  public var tls: TLSConfiguration?
  /// Measures the timeout.
  public var clock: any Clock<Duration> = ContinuousClock()

  public init() {}
}

/// Sends requests to an issuer: with a deadline, without following redirects, and with a limit on each answer's size.
final class HTTPTransport: Sendable {
  private let client: HTTPClient
  private let deadline: Deadline
  private let limit: Int

  /// - Parameter limit: the largest body that is read, in bytes.
  init(_ options: ConnectionOptions, limit: Int) {
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: options.tls, redirectConfiguration: .disallow,
      timeout: .init(connect: TimeAmount(options.timeout)), decompression: .disabled)
    // The library would retry until the deadline, and its error would be the deadline and not the connection.
    configuration.connectionPool.retryConnectionEstablishment = false
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    deadline = Deadline(duration: options.timeout, clock: options.clock)
    self.limit = limit
  }

  deinit { _ = client.shutdown() as EventLoopFuture<Void> }

  /// Closes the connections. Requests in flight fail.
  func shutdown() async { try? await client.shutdown() }

  func send(_ request: HTTPClientRequest) async throws(IssuerClientError) -> HTTPAnswer {
    let outcome = await deadline.run { [client, limit] in
      try await Self.send(request, through: client, limit: limit)
    }
    switch outcome {
    case .finished(.success(let answer)): return answer
    case .finished(.failure(let error)): throw IssuerClientError(transport: error, limit: limit)
    case .exceeded: throw .deadlineExceeded(deadline.duration)
    case .cancelled: throw .cancelled
    }
  }

  /// Sends a request again, once, if its connection fails before the answer begins. The issuer may have processed the
  /// first one. That is harmless: keys are only read, and nobody holds a token that never arrived. An answer is final.
  private static func send(
    _ request: HTTPClientRequest, through client: HTTPClient, limit: Int
  ) async throws -> HTTPAnswer {
    let response: HTTPClientResponse
    do {
      response = try await client.execute(request, deadline: .distantFuture)
    } catch  where error.isConnectionFailure && !Task.isCancelled {
      response = try await client.execute(request, deadline: .distantFuture)
    }
    var body = try await response.body.collect(upTo: limit)
    return HTTPAnswer(
      status: Int(response.status.code), headers: response.headers,
      body: body.readBytes(length: body.readableBytes) ?? [])
  }
}

/// An issuer's HTTP response.
struct HTTPAnswer: Sendable {
  let status: Int
  let headers: HTTPHeaders
  let body: [UInt8]

  /// Without parameters (RFC 9110 §8.3.1).
  var mediaType: String {
    let value = headers.first(name: "Content-Type") ?? ""
    return value.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
  }

  /// Error and description are read only from a body of RFC 6749 §5.2.
  var refusal: IssuerRefusal {
    let object = try? JSONObject(parsing: body.span)
    return IssuerRefusal(
      status: status, error: object?["error"]?.string?.printable(64),
      errorDescription: object?["error_description"]?.string?.printable(256),
      retryAfter: headers.first(name: "Retry-After").flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil })
  }
}

extension IssuerClientError {
  fileprivate init(transport error: any Error, limit: Int) {
    self =
      switch error {
      case is CancellationError: .cancelled
      case is NIOTooManyBytesError: .answerTooLarge(limit: limit)
      case let error as HTTPClientError where error == .cancelled: .cancelled
      default: .unreachable(reason: "\(error)".printable(256))
      }
  }
}

extension Error {
  /// Whether the connection failed. A certificate that is refused is no such failure: it would be refused again.
  fileprivate var isConnectionFailure: Bool {
    switch self {
    case let error as HTTPClientError:
      [.remoteConnectionClosed, .connectTimeout, .tlsHandshakeTimeout, .uncleanShutdown].contains(error)
    case is NIOConnectionError, is IOError: true
    case let error as ChannelError:
      [.ioOnClosedChannel, .alreadyClosed, .eof, .inputClosed].contains(error)
    default: false
    }
  }
}

extension String {
  /// Text from outside, made safe for a log: printable ASCII, and so many characters at most.
  func printable(_ limit: Int) -> String {
    let bytes = utf8.prefix(limit).map { (0x20...0x7e).contains($0) ? $0 : UInt8(ascii: "?") }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension TimeAmount {
  fileprivate init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self = .nanoseconds(min(max(seconds, 0), 86_400) * 1_000_000_000 + max(attoseconds, 0) / 1_000_000_000)
  }
}
#endif
