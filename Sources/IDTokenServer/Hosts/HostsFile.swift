#if Server
import IDTokens
import JOSECore
import SystemSupport

/// Reads the file of `HostRegistry`.
enum HostsFile {
  static let limit = 16 << 20

  static func read(_ path: String, standard rate: Rate) throws(HostsFileError) -> [HostEntry] {
    do {
      let contents = try POSIXFileSystem().contents(of: path, limit: limit)
      // Whoever writes it decides who gets tokens.
      guard contents.permissions & 0o002 == 0 else {
        throw FileReason("everybody may write it; 'chmod o-w \(path)' ends that")
      }
      return try entries(JSONObject(parsing: contents.bytes.span, limits: JSONLimits(bytes: limit)), rate)
    } catch { throw HostsFileError(path: path, reason: "\(error)") }
  }

  static func entries(_ object: JSONObject, _ rate: Rate) throws -> [HostEntry] {
    let file = try FileReader(object, "the file", members: ["hosts"])
    var entries: [HostEntry] = []
    for reader in try file.objects("hosts", members: HostEntry.members) {
      let entry = try HostEntry(reader, rate)
      if entries.contains(where: { $0.host.name == entry.host.name }) {
        throw FileReason("\(reader.place): there are two hosts \(entry.host.name.debugDescription)")
      }
      entries.append(entry)
    }
    return entries
  }
}

/// A host and what it proves itself with.
struct HostEntry {
  static let members = ["name", "credentials", "certificates", "shops", "apps", "rate"]

  let host: Host
  let credentials: [Fingerprint]
  let certificates: [Fingerprint]

  init(_ reader: FileReader, _ standard: Rate) throws {
    let name = try reader.string("name")
    guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw FileReason("\(reader.place): name is 1 to 64 visible ASCII characters")
    }
    credentials = try Self.fingerprints(reader, "credentials")
    certificates = try Self.fingerprints(reader, "certificates")
    let shops = try reader.strings("shops")
    let apps = try reader.strings("apps")
    host = Host(
      name: name, shops: try Scope(shops) { try ShopDomain($0) },
      apps: try Scope(apps) { try ClientID($0) },
      rate: try Self.rate(reader) ?? standard)
  }

  private static func fingerprints(_ reader: FileReader, _ name: String) throws -> [Fingerprint] {
    try reader.objects(name, members: ["sha256", "created", "note"]).map { entry in
      let text = try entry.string("sha256")
      guard let fingerprint = Fingerprint(text) else {
        throw FileReason("\(entry.place): sha256 is not the 64 hex digits of a SHA-256")
      }
      return fingerprint
    }
  }

  private static func rate(_ reader: FileReader) throws -> Rate? {
    guard let rate = try reader.object("rate", members: ["per_second", "burst"]) else { return nil }
    let range: ClosedRange<Int64> = 1...Int64(Rate.largest)
    guard let perSecond = try rate.natural("per_second", in: range) else {
      throw FileReason("\(rate.place) has no per_second")
    }
    return Rate(perSecond: Int(perSecond), burst: try rate.natural("burst", in: range).map { Int($0) })
  }
}

extension Scope {
  /// `["*"]` is all there are; nothing is nothing.
  fileprivate init(_ names: [String], _ parse: (String) throws -> Element) throws {
    self = names == ["*"] ? .all : .only(Set(try names.map(parse)))
  }
}

/// A hosts file that can't be used, with the place in it.
public struct HostsFileError: Error, Sendable, Equatable, CustomStringConvertible {
  public let path: String
  public let reason: String

  public var description: String { "\(path) is refused: \(reason)" }
}
#endif
