#if Client
import AsyncHTTPClient
import NIOCore
import NIOPosix

extension Error {
  /// Whether the connection failed, rather than what was said over it. A certificate that is refused is no such
  /// failure: it would be refused again.
  var isConnectionFailure: Bool {
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

extension IssuerClientError {
  init(transport error: any Error, limit: Int) {
    self =
      switch error {
      case is CancellationError: .cancelled
      case is NIOTooManyBytesError: .answerTooLarge(limit: limit)
      case let error as HTTPClientError where error == .cancelled: .cancelled
      default: .unreachable(reason: "\(error)".printable(256))
      }
  }
}
#endif
