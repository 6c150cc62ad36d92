import COpenSSL

/// The OpenSSL that this process has loaded.
package enum OpenSSLLibrary {
  /// As it names itself: `OpenSSL 3.0.19 27 Jan 2026`.
  package static var version: String { unsafe String(cString: OpenSSL_version(OPENSSL_VERSION)) }

  /// Whether its default properties ask for the validated provider (`fips=yes`).
  package static var isInFIPSMode: Bool { EVP_default_properties_is_fips_enabled(nil) == 1 }
}
