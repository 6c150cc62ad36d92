#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The file system of this machine.
package struct POSIXFileSystem: FileSystem {
  package init() {}

  package func create(_ path: String, permissions: UInt32) throws(FileError) -> OpenFile {
    try openFile(path, O_WRONLY | O_CREAT | O_EXCL, permissions, "create")
  }

  package func openForAppending(_ path: String, permissions: UInt32) throws(FileError) -> OpenFile {
    try  // O_NONBLOCK: a FIFO that no process reads is an error, and doesn't wait for a reader.
      openFile(path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK, permissions, "open")
  }

  package func append(_ bytes: Span<UInt8>, to file: borrowing OpenFile) throws(FileError) {
    var written = 0
    while written < bytes.count {
      let rest = bytes.extracting(droppingFirst: written)
      let descriptor = file.descriptor
      let count = unsafe rest.withUnsafeBufferPointer { buffer in
        retrying { unsafe write(descriptor, buffer.baseAddress, buffer.count) }
      }
      guard count > 0 else { throw FileError("write", file.path, code: errno) }
      written += count
    }
  }

  package func synchronize(_ file: borrowing OpenFile) throws(FileError) {
    let descriptor = file.descriptor
    #if canImport(Darwin)
    // fsync alone leaves the bytes in the drive's cache there.
    let result = retrying { Int(fcntl(descriptor, F_FULLFSYNC)) }
    #else
    let result = retrying { Int(fsync(descriptor)) }
    #endif
    guard result == 0 else { throw FileError("make durable", file.path, code: errno) }
  }

  package func synchronizeDirectory(_ path: String) throws(FileError) {
    try synchronize(openFile(path, O_RDONLY | O_DIRECTORY, 0, "open"))
  }

  package func destination(of path: String) throws(FileError) -> String {
    var status = stat()
    guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return path }
    guard let resolved = unsafe realpath(path, nil) else {
      throw FileError("follow the symbolic link", path, code: errno)
    }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  package func move(_ path: String, to newPath: String) throws(FileError) {
    guard unsafe rename(path, newPath) == 0 else { throw FileError("replace", newPath, code: errno) }
  }

  package func remove(_ path: String) throws(FileError) {
    guard unsafe unlink(path) == 0 else { throw FileError("remove", path, code: errno) }
  }

  package func makeDirectory(_ path: String, permissions: UInt32) throws(FileError) {
    guard unsafe mkdir(path, mode_t(permissions)) == 0 else {
      throw FileError("make the directory", path, code: errno)
    }
  }

  package func names(in directory: String) throws(FileError) -> [String] {
    guard let stream = unsafe opendir(directory) else { throw FileError("list", directory, code: errno) }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
        unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  package func contents(of path: String, limit: Int) throws(FileError) -> FileContents {
    // O_NONBLOCK: opening a FIFO that no process writes would wait for ever.
    let file = try openFile(path, O_RDONLY | O_NONBLOCK, 0, "read")
    var status = stat()
    guard unsafe fstat(file.descriptor, &status) == 0 else { throw FileError("read", path, code: errno) }
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFDIR else { throw FileError("read", path, code: EISDIR) }
    // `<(command)` of a shell and `/dev/stdin` are pipes too. A writer may be a moment late.
    let isSilent = kind == S_IFIFO && isSilent(file.descriptor, milliseconds: 1000)
    let bytes = try readAll(file, limit: limit)
    guard !isSilent || !bytes.isEmpty else {
      throw FileError("read", path, reason: "it is a FIFO, and no process writes into it")
    }
    return FileContents(bytes: bytes, permissions: UInt32(status.st_mode) & 0o7777)
  }

  /// All that comes in on standard input, refused beyond `limit` bytes.
  package func standardInput(limit: Int) throws(FileError) -> [UInt8] {
    let descriptor = dup(STDIN_FILENO)
    guard descriptor >= 0 else { throw FileError("read", "standard input", code: errno) }
    return try readAll(OpenFile(descriptor: descriptor, path: "standard input"), limit: limit)
  }

  package func lock(_ path: String) throws(FileError) -> OpenFile {
    let file = try openFile(path, O_RDWR | O_CREAT, 0o600, "lock")
    let descriptor = file.descriptor
    guard retrying({ Int(flock(descriptor, LOCK_EX)) }) == 0 else {
      throw FileError("lock", path, code: errno)
    }
    return file
  }
}

extension POSIXFileSystem {
  private func openFile(
    _ path: String, _ flags: Int32, _ permissions: UInt32, _ operation: String
  ) throws(FileError) -> OpenFile {
    let descriptor = retrying {
      unsafe Int(open(path, flags | O_CLOEXEC, mode_t(permissions)))
    }
    guard descriptor >= 0 else { throw FileError(operation, path, code: errno) }
    return OpenFile(descriptor: Int32(descriptor), path: path)
  }

  /// Waits for data, for the end of the input or for the time, and tells whether the time came first.
  private func isSilent(_ descriptor: Int32, milliseconds: Int32) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return retrying { unsafe Int(poll(&request, 1, milliseconds)) } == 0
  }

  private func readAll(_ file: borrowing OpenFile, limit: Int) throws(FileError) -> [UInt8] {
    // One byte more than the limit, so that a longer file shows; a pipe has no size to ask for.
    let bytes = try readUpTo(limit + 1, file)
    guard bytes.count <= limit else {
      throw FileError("read", file.path, reason: "it is longer than \(limit) bytes")
    }
    return bytes
  }

  private func readUpTo(_ capacity: Int, _ file: borrowing OpenFile) throws(FileError) -> [UInt8] {
    // One allocation that never grows: growing would leave unwiped copies of a secret behind.
    let (descriptor, path) = (file.descriptor, file.path)
    return try [UInt8](capacity: capacity) { (output) throws(FileError) in
      while output.freeCapacity > 0 {
        let count = unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
          let free = unsafe UnsafeMutableRawBufferPointer(
            rebasing: UnsafeMutableRawBufferPointer(buffer)[initialized...])
          let count = retrying { unsafe read(descriptor, free.baseAddress, free.count) }
          initialized += max(count, 0)
          return count
        }
        if count == 0 { return }
        guard count < 0 else { continue }
        guard errno == EAGAIN else { throw FileError("read", path, code: errno) }
        _ = isSilent(descriptor, milliseconds: -1)
      }
    }
  }

  /// A signal may interrupt any of these calls without anything being wrong.
  private func retrying(_ call: () -> Int) -> Int {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }
}
