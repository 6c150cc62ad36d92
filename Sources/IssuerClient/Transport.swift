#if Client
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
public import NIOSSL
import SessionHost

/// How an issuer is reached.
public struct ConnectionOptions: Sendable {
  /// How long an answer may take from the first byte to the last, with the one retry. For tokens it lies below the
  /// deadline of `SessionAPI` (5 s where nothing is said), so that the host hears the reason.
  public var timeout: Duration = .seconds(4)
  /// Trusted roots and the client's certificate; the system's roots and none where nothing is said.
  public var tls: TLSConfiguration?
  /// What measures the timeout.
  public var clock: any Clock<Duration> = ContinuousClock()

  public init() {}
}

/// Sends requests under a deadline, follows no redirect, and reads no more than it is told to.
final class Transport: Sendable {
  private let client: HTTPClient
  private let deadline: Deadline
  private let limit: Int

  init(_ options: ConnectionOptions, limit: Int) {
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: options.tls, redirectConfiguration: .disallow,
      timeout: .init(connect: TimeAmount(options.timeout)), decompression: .disabled)
    // It would go on trying until the deadline, and hide that the issuer is away.
    configuration.connectionPool.retryConnectionEstablishment = false
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    deadline = Deadline(duration: options.timeout, clock: options.clock)
    self.limit = limit
  }

  deinit { _ = client.shutdown() as EventLoopFuture<Void> }

  /// Closes the connections. Requests on their way fail.
  func shutdown() async { try? await client.shutdown() }

  func send(_ request: HTTPClientRequest) async throws(IssuerClientError) -> Answer {
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

  /// A request whose connection fails before anything of the answer has come is sent once more. The first may have been
  /// processed nevertheless; both that are sent here may be repeated: reading keys changes nothing, and a token that
  /// never arrived is in nobody's hands and expires by itself. Whatever the issuer *says* is its answer, and final.
  private static func send(
    _ request: HTTPClientRequest, through client: HTTPClient, limit: Int
  ) async throws -> Answer {
    let response: HTTPClientResponse
    do {
      response = try await client.execute(request, deadline: .distantFuture)
    } catch  where error.isConnectionFailure && !Task.isCancelled {
      response = try await client.execute(request, deadline: .distantFuture)
    }
    var body = try await response.body.collect(upTo: limit)
    return Answer(
      status: Int(response.status.code), headers: response.headers,
      body: body.readBytes(length: body.readableBytes) ?? [])
  }
}

extension TimeAmount {
  fileprivate init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self = .nanoseconds(min(max(seconds, 0), 86_400) * 1_000_000_000 + max(attoseconds, 0) / 1_000_000_000)
  }
}
#endif
