#if Server
import IDTokens
public import JOSECore
import SystemSupport

/// Changes the file of `HostRegistry`, atomically and under a lock. A running issuer reads it again within seconds.
public struct HostsFileEditor {
  public let path: String
  private let now: NumericDate
  private let files = POSIXFileSystem()

  public init(_ path: String) { self.init(path, at: WallClock.system.now) }

  init(_ path: String, at now: NumericDate) { (self.path, self.now) = (path, now) }

  /// Adds a host with its first credential.
  ///
  /// - Throws: `InvalidHostName`, or the error of the shop or app that can't be one.
  public func add(
    _ name: String, shops: [String], apps: [String], rate: Rate? = nil, _ credential: HostCredential
  ) throws {
    _ = try (Host.checked(name: name), Scope(shops) { try ShopDomain($0) }, Scope(apps) { try ClientID($0) })
    try change { hosts in
      guard !hosts.contains(where: { $0.name == name }) else {
        throw HostsFileError(
          path: path,
          reason: "host \(name) exists; run 'idtoken hosts credential \(name)' to add a credential")
      }
      var host: JSONObject = [
        "name": .string(name), "credentials": .array([entry(credential)]),
        "shops": .array(shops.map { .string($0) }), "apps": .array(apps.map { .string($0) }),
      ]
      if let rate {
        host["rate"] = [
          "per_second": .integer(Int64(rate.perSecond)), "burst": .integer(Int64(rate.burst)),
        ]
      }
      hosts.append(host)
    }
  }

  /// Adds a credential to a host. Its others stay valid.
  public func addCredential(_ credential: HostCredential, to name: String) throws {
    try change(name) { host in
      host["credentials"] = .array((host["credentials"]?.array ?? []) + [entry(credential)])
    }
  }

  /// Removes a credential, given by the first digits of its hash.
  public func revoke(_ prefix: String, of name: String) throws {
    try change(name) { host in
      let all = host["credentials"]?.array ?? []
      // A file written by hand may have hashes as openssl prints them.
      let digits = prefix.lowercased().filter { $0 != ":" }
      let matching = all.filter { entry in
        entry.object?["sha256"]?.string.flatMap { Fingerprint($0) }?.text.hasPrefix(digits) == true
      }
      guard digits.utf8.count >= 8, matching.count == 1, let revoked = matching.first else {
        throw HostsFileError(
          path: path,
          reason:
            "\(matching.count) credentials of \(name) begin with \(prefix); give 8 digits or more of one ('idtoken hosts list')"
        )
      }
      host["credentials"] = .array(all.filter { $0 != revoked })
    }
  }

  /// The hosts in the file.
  public func hosts() throws -> [JSONObject] { try read().hosts }

  private func entry(_ credential: HostCredential) -> JSONValue {
    ["sha256": .string(credential.fingerprint.text), "created": .string("\(now)")]
  }

  private func change(_ name: String, _ body: (inout JSONObject) throws -> Void) throws {
    try change { hosts in
      guard let index = hosts.firstIndex(where: { $0.name == name }) else {
        throw HostsFileError(
          path: path, reason: "there is no host \(name); 'idtoken hosts list' shows the hosts")
      }
      try body(&hosts[index])
    }
  }

  private func change(_ body: (inout [JSONObject]) throws -> Void) throws {
    // One lock for the file, whichever link leads to it.
    let lock = try files.lock(files.destination(of: path) + ".lock")
    var (hosts, permissions) = try read()
    try body(&hosts)
    let file: JSONObject = ["hosts": .array(hosts.map { .object($0) })]
    do { _ = try HostsFile.entries(file, .standard) } catch {
      throw HostsFileError(path: path, reason: "\(error)")
    }
    let text = Array((JSONValue.object(file).text(indentation: 2) + "\n").utf8)
    try files.replace(path, with: text.span, permissions: permissions)
    _ = consume lock
  }

  private func read() throws -> (hosts: [JSONObject], permissions: UInt32) {
    let contents: FileContents
    do throws(FileError) { contents = try files.contents(of: path, limit: HostsFile.limit) } catch {
      guard error.isMissing else { throw error }
      return ([], 0o644)
    }
    do {
      let file = try JSONObject(parsing: contents.bytes.span, maximumLength: HostsFile.limit)
      _ = try HostsFile.entries(file, .standard)
      return (file["hosts"]?.array?.compactMap(\.object) ?? [], contents.permissions)
    } catch { throw HostsFileError(path: path, reason: "\(error)") }
  }
}

extension JSONObject {
  fileprivate var name: String? { self["name"]?.string }
}
#endif
