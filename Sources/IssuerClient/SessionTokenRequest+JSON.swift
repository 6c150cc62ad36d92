#if Client
import JOSECore
import SessionHost

extension SessionTokenRequest {
  /// The body of `POST /session-token`.
  var body: [UInt8] {
    get throws(IssuerClientError) {
      var writer = JSONWriter()
      do { writer.write(try SessionTokenMessage(self).json) } catch {
        throw .outOfRange(member: error.member)
      }
      return writer.bytes
    }
  }
}
#endif
