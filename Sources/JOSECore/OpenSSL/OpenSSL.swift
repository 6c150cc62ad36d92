import COpenSSL

/// The OpenSSL that this process has loaded.
package enum OpenSSLLibrary {
  /// As it names itself: `OpenSSL 3.0.19 27 Jan 2026`.
  package static var version: String { unsafe String(cString: OpenSSL_version(OPENSSL_VERSION)) }

  /// Whether its default properties ask for the validated provider (`fips=yes`).
  package static var isInFIPSMode: Bool { EVP_default_properties_is_fips_enabled(nil) == 1 }
}

extension JOSEError {
  /// The newest entry of this thread's error queue, which is emptied: a later failure must not report this one.
  static func lastOpenSSLError(_ operation: String) -> JOSEError {
    let code = ERR_peek_last_error()
    ERR_clear_error()
    guard code != 0, let text = unsafe ERR_reason_error_string(code) else {
      return .openSSL(operation: operation, reason: "no reason given")
    }
    return unsafe .openSSL(operation: operation, reason: String(cString: text))
  }
}

/// Turns OpenSSL's "1 is success" into a thrown error.
@inline(__always)
func check(_ result: Int32, _ operation: @autoclosure () -> String) throws(JOSEError) {
  guard result == 1 else { throw .lastOpenSSLError(operation()) }
}

/// Turns OpenSSL's "NULL is failure" into a thrown error.
@inline(__always)
func check<Pointer>(_ pointer: Pointer?, _ operation: @autoclosure () -> String) throws(JOSEError) -> Pointer
{
  guard let pointer else { throw .lastOpenSSLError(operation()) }
  return pointer
}
