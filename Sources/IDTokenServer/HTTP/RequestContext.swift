#if Server
public import Hummingbird
import HTTPTypes
import IDTokens
import Logging
import NIOCore

/// What a request comes with beside itself: its connection.
public struct IssuerRequestContext: InitializableFromSource, Sendable {
  let channel: any Channel

  public init(source: ApplicationRequestContextSource) { channel = source.channel }

  /// Whether the client is on this machine, by the connection's address.
  var isLoopback: Bool {
    switch channel.remoteAddress {
    case .v4, .v6: LoopbackHost.matches(channel.remoteAddress?.ipAddress ?? "")
    case .unixDomainSocket: true
    case nil: false
    }
  }

  /// The client's address without its port.
  var clientAddress: String { channel.remoteAddress?.ipAddress ?? "local" }
}
#endif
