#if Server
import NIOCore

/// A deadline that moves with every request, watched by one timer of the event loop. Moving it costs no timer: the one that
/// runs looks again when its time has come.
final class ConnectionTimer {
  private let eventLoop: any EventLoop
  private var deadline = NIODeadline.distantFuture
  private var timer: Scheduled<Void>?
  private var timerAt = NIODeadline.distantFuture

  init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  /// Moves the deadline. It is watched from the next call of `watch`.
  func allow(_ time: TimeAmount) { deadline = eventLoop.now + time }

  /// Calls `onExpiry` once the deadline has passed.
  func watch(_ onExpiry: @escaping () -> Void) {
    if timer != nil, timerAt <= deadline { return }
    timer?.cancel()
    timerAt = deadline
    timer = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
      guard let self else { return }
      self.timer = nil
      if self.eventLoop.now >= self.deadline { onExpiry() } else { self.watch(onExpiry) }
    }
  }

  func cancel() {
    timer?.cancel()
    timer = nil
  }
}

/// Tells the handler that bytes have arrived, before they are decoded: the time of a request begins with its first byte.
final class ArrivalHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let handler: RequestHandler

  init(_ handler: RequestHandler) { self.handler = handler }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    handler.bytesArrived(unwrapInboundIn(data).readableBytes)
    context.fireChannelRead(data)
  }
}
#endif
