import JOSECore
import SystemSupport
import TestSupport
import Testing

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

@Suite("Files that are links, pipes or already there") struct FileKindTests {
  private let directory: TemporaryDirectory
  private let files = POSIXFileSystem()

  init() throws {
    directory = try TemporaryDirectory()
    try files.makeDirectory(directory.ring, permissions: 0o755)
    try files.makeDirectory(directory.path + "/elsewhere", permissions: 0o755)
  }

  private func replace(_ path: String, with text: String) throws(FileError) {
    try files.replace(path, with: Array(text.utf8).span, permissions: 0o600)
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try files.contents(of: path, limit: 100).bytes, as: UTF8.self)
  }

  @Test("Replacing a symbolic link replaces the file it leads to, and leaves nothing beside it")
  func linkedFile() throws {
    let (real, link) = (directory.path + "/elsewhere/real", directory.ring + "/link")
    try replace(real, with: "old")
    #expect(symlink("../elsewhere/real", link) == 0)
    try replace(link, with: "new")
    #expect(try text(real) == "new")
    var status = stat()
    #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(try directory.names(in: "ring") == ["link"])
    #expect(try files.names(in: directory.path + "/elsewhere") == ["real"])
  }

  @Test("Replacing a symbolic link that leads nowhere is refused, and the link stays")
  func danglingLink() throws {
    let link = directory.ring + "/link"
    #expect(symlink("nowhere", link) == 0)
    #expect(throws: FileError("follow the symbolic link", link, code: ENOENT)) {
      try replace(link, with: "new")
    }
    #expect(try directory.names(in: "ring") == ["link"])
  }

  @Test("A file that is made exclusively is not made through a symbolic link")
  func exclusive() throws {
    let link = directory.ring + "/link"
    #expect(symlink(directory.path + "/elsewhere/new", link) == 0)
    #expect(throws: FileError("create", link, code: EEXIST)) {
      _ = try files.create(link, permissions: 0o600)
    }
    #expect(try files.names(in: directory.path + "/elsewhere").isEmpty)
  }

  @Test("What is added to a linked file is added to the file it leads to")
  func linkedLog() throws {
    let (real, link) = (directory.path + "/elsewhere/real", directory.ring + "/link")
    try replace(real, with: "one")
    #expect(symlink(real, link) == 0)
    try files.extend(link, with: Array(" two".utf8).span, permissions: 0o600)
    #expect(try text(real) == "one two")
  }

  @Test("A FIFO without a writer is refused, for secrets too", .timeLimit(.minutes(1)))
  func silentPipe() throws {
    let path = directory.ring + "/pipe"
    #expect(mkfifo(path, 0o600) == 0)
    let expected = FileError("read", path, reason: "it is a FIFO, and no process writes into it")
    #expect(throws: expected) { _ = try files.contents(of: path, limit: 100) }
    #expect(throws: SecretFileError.file(expected)) { _ = try SecretBytes(contentsOf: path) }
  }

  @Test("A FIFO without a reader is refused for adding to it", .timeLimit(.minutes(1)))
  func unreadPipe() throws {
    let path = directory.ring + "/pipe"
    #expect(mkfifo(path, 0o600) == 0)
    #expect(throws: FileError("open", path, code: ENXIO)) {
      try files.extend(path, with: [1].span, permissions: 0o600)
    }
  }

  @Test(
    "A pipe with a writer is read to its end, however slowly it is written",
    arguments: ["printf one; sleep 0.2; printf two", "sleep 1.5; printf onetwo", "printf onetwo"])
  func slowPipe(command: String) throws {
    let path = directory.ring + "/pipe"
    #expect(mkfifo(path, 0o600) == 0)
    #expect(system("{ \(command); } > \(path) &") == 0)
    #expect(try text(path) == "onetwo")
  }
}
