#if Server
import IDTokens
import JOSECore
import NIOCore

extension ByteBuffer {
  init(_ token: SessionToken) {
    self.init()
    reserveCapacity(token.serialized.utf8.count + 48)
    write(token)
  }

  /// A token is base64url and dots: nothing in it has to be escaped.
  mutating func write(_ token: SessionToken) {
    writeStaticString("{\"token\":\"")
    writeString(token.serialized)
    writeStaticString("\",\"expiresAt\":")
    writeString(String(token.expiresAt.secondsSinceEpoch))
    writeStaticString("}")
  }
}
#endif
