#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A library that is opened at run time, and stays open: what it gave out may be in use until the process ends.
@safe
package struct DynamicLibrary: @unchecked Sendable {
  package let name: String
  private let handle: UnsafeMutableRawPointer

  /// - Parameter name: as the loader looks for it (`libcrypto_mb.so.11`), or a path.
  package init(_ name: String) throws(DynamicLibraryError) {
    guard let handle = unsafe dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
      throw DynamicLibraryError(
        reason: unsafe dlerror().map { unsafe String(cString: $0) } ?? "no reason given")
    }
    self.name = name
    unsafe self.handle = unsafe handle
  }

  /// A function's address; the caller knows what it takes and gives.
  @unsafe
  package func symbol(_ name: String) throws(DynamicLibraryError) -> UnsafeMutableRawPointer {
    guard let symbol = unsafe dlsym(handle, name) else {
      throw DynamicLibraryError(reason: "\(self.name) has no \(name)")
    }
    return unsafe symbol
  }
}

/// What the loader said.
package struct DynamicLibraryError: Error, Equatable {
  package let reason: String

  /// Whether there is no such file. The loader says it in words alone, in those of the C locale.
  package var isMissing: Bool { reason.contains("No such file") || reason.contains("no such file") }

  package init(reason: String) { self.reason = reason }
}
