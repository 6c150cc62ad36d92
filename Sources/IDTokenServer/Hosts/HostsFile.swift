#if Server
import IDTokens
import JOSECore
import SystemSupport

/// Reads the file of `HostRegistry`, strictly and with the place of an error.
enum HostsFile {
  static let limit = 16 << 20

  static func read(_ path: String, standard rate: Rate) throws(HostsFileError) -> [HostEntry] {
    do {
      let contents = try POSIXFileSystem().contents(of: path, limit: limit)
      // A process that can write it can register itself as a host.
      guard contents.permissions & 0o002 == 0 else {
        throw HostsFileError(path: path, reason: "every user may write it; run chmod o-w \(path)")
      }
      return try entries(JSONObject(parsing: contents.bytes.span, maximumLength: limit), rate)
    } catch let error as HostsFileError { throw error } catch {
      throw HostsFileError(path: path, reason: "\(error)")
    }
  }

  static func entries(_ object: JSONObject, _ rate: Rate) throws -> [HostEntry] {
    let file = try ObjectReader(object, members: ["hosts"])
    var entries: [HostEntry] = []
    for reader in try file.optionalObjects("hosts", members: HostEntry.members) ?? [] {
      let entry = try HostEntry(reader, rate)
      if entries.contains(where: { $0.host.name == entry.host.name }) {
        throw reader.error("name", "\(entry.host.name.debugDescription) occurs twice")
      }
      entries.append(entry)
    }
    return entries
  }
}

/// A host with the hashes of its credentials and certificates.
struct HostEntry {
  static let members = ["name", "credentials", "certificates", "shops", "apps", "rate"]

  let host: Host
  let credentials: [Fingerprint]
  let certificates: [Fingerprint]

  init(_ reader: ObjectReader, _ standard: Rate) throws {
    let name = try reader.value("name") { try Host.checked(name: $0) }
    credentials = try Self.fingerprints(reader, "credentials")
    certificates = try Self.fingerprints(reader, "certificates")
    host = Host(
      name: name, shops: try Scope(reader, "shops") { try ShopDomain($0) },
      apps: try Scope(reader, "apps") { try ClientID($0) },
      rate: try Self.rate(reader) ?? standard)
  }

  private static func fingerprints(_ reader: ObjectReader, _ name: String) throws -> [Fingerprint] {
    try reader.optionalObjects(name, members: ["sha256", "created", "note"])?.map { entry in
      guard let fingerprint = Fingerprint(try entry.string("sha256")) else {
        throw entry.error("sha256", "is not the 64 hex digits of a SHA-256")
      }
      return fingerprint
    } ?? []
  }

  private static func rate(_ reader: ObjectReader) throws -> Rate? {
    guard let rate = try reader.optionalObject("rate", members: ["per_second", "burst"]) else { return nil }
    let range = 1...Int64(Rate.largest)
    return Rate(
      perSecond: Int(try rate.integer("per_second", in: range)),
      burst: try rate.optionalInteger("burst", in: range).map { Int($0) })
  }
}

extension Scope {
  /// `["*"]` is all of them. A missing list is empty.
  fileprivate init(
    _ reader: ObjectReader, _ name: String, _ parse: (String) throws -> Element
  ) throws {
    let names = try reader.optionalStrings(name) ?? []
    do { try self.init(names, parse) } catch { throw reader.error(name, "is refused: \(error)") }
  }

  init(_ names: [String], _ parse: (String) throws -> Element) throws {
    self = names == ["*"] ? .all : .only(Set(try names.map(parse)))
  }
}

/// A hosts file that can't be used, with the place in it.
public struct HostsFileError: Error, Sendable, Equatable, CustomStringConvertible {
  public let path: String
  public let reason: String

  public var description: String { "\(path) is refused: \(reason)" }
}

/// A name that a host can't have.
public struct InvalidHostName: Error, Sendable, Equatable, CustomStringConvertible {
  public let name: String

  public var description: String {
    "“\(name)” is not a host name: use 1 to 64 visible ASCII characters, without spaces"
  }
}

extension Host {
  static func checked(name: String) throws(InvalidHostName) -> String {
    guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw InvalidHostName(name: name)
    }
    return name
  }
}
#endif
