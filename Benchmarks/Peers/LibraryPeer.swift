#if Peers
import PeerLibraries

/// cjose or libjwt, in C.
@safe
struct LibraryPeer: TokenWorkload, ~Copyable {
  enum Library {
    case cjose, libjwt

    /// Debian's.
    var package: String { self == .cjose ? "libcjose0" : "libjwt0" }
  }

  private let minting: OpaquePointer

  init(_ library: Library, _ subject: PeerSubject) throws {
    let make = library == .cjose ? unsafe peer_cjose : unsafe peer_libjwt
    var made: OpaquePointer?
    let status = unsafe subject.text.withCString { text in
      unsafe make(text, subject.text.utf8.count, &made)
    }
    try Self.check(status, library)
    guard let made = unsafe made else { throw Self.failure(status) }
    unsafe minting = made
  }

  deinit { unsafe peer_free(minting) }

  mutating func mint() throws { try run(1) }

  mutating func run(_ count: Int) throws {
    let status = unsafe peer_repeat(minting, count)
    if status != PEER_OK { throw Self.failure(status) }
  }

  func newestToken() -> String { unsafe String(cString: peer_token(minting)) }

  private static func check(_ status: peer_status, _ library: Library) throws {
    switch status {
    case PEER_OK: return
    case PEER_NOT_INSTALLED: throw PeerError.notInstalled(library.package)
    default: throw failure(status)
    }
  }

  private static func failure(_ status: peer_status) -> PeerError {
    unsafe .failed(String(cString: peer_meaning(status)))
  }
}
#endif
