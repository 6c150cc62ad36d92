package import JOSECore
package import SystemSupport

/// The JWKS and the discovery document as files for a static host, with the headers they need in a manifest beside them.
package struct StaticExport: Sendable {
  package struct File: Sendable, Hashable {
    /// Relative to the directory, and to the issuer's URL.
    package let path: String
    package let contents: [UInt8]
    package let contentType: String
    package let cacheControl: String
    /// A strong entity tag (RFC 9110 §8.8.3): the SHA-256 of the contents, quoted.
    package let entityTag: String
  }

  package let files: [File]
  package let epoch: Int

  /// - Parameter issuer: the issuer's URL without a slash at its end.
  package init(_ snapshot: KeyRingSnapshot, issuer: String, at now: NumericDate) throws(KeyRingError) {
    let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
    let sets = snapshot.publishedSets
    // A ring of rare keys alone has nothing to offer in the set for everyone.
    let main = sets.first { !$0.jwks.keys.isEmpty }?.fileName ?? "jwks.json"
    let discovery: JSONValue = [
      "issuer": .string(issuer),
      "jwks_uri": .string(base + "/.well-known/" + main),
      // Discovery §3 asks for them, and ID tokens are all that comes from here. There is no authorization_endpoint to name.
      "response_types_supported": ["id_token"],
      "subject_types_supported": ["public"],
      "id_token_signing_alg_values_supported": .array(
        snapshot.ring.policy.algorithms.map { .string($0.rawValue) }),
      "claims_supported": ["iss", "dest", "aud", "sub", "exp", "nbf", "iat", "jti", "sid"],
    ]
    let cacheControl = Self.cacheControl(maxAge: snapshot.maxAge(at: now))
    epoch = snapshot.epoch
    var files: [File] = []
    for set in sets {
      files.append(
        try File(".well-known/" + set.fileName, set.bytes, "application/jwk-set+json", cacheControl))
    }
    let document = Array(discovery.description.utf8)
    files.append(try File(".well-known/openid-configuration", document, "application/json", cacheControl))
    self.files = files
  }

  package static func cacheControl(maxAge: Int64) -> String { "public, max-age=\(maxAge)" }

  /// What a publisher needs to know: which file goes where, with which headers.
  package var manifest: JSONObject {
    [
      "epoch": .integer(Int64(epoch)),
      "files": .array(
        files.map { file in
          [
            "path": .string(file.path), "contentType": .string(file.contentType),
            "cacheControl": .string(file.cacheControl), "etag": .string(file.entityTag),
          ]
        }),
    ]
  }

  /// Writes the files, each whole or not at all, and the manifest after them.
  package func write(to directory: String) throws(KeyRingError) {
    try write(to: directory, POSIXFileSystem())
  }

  package func write(to directory: String, _ system: any FileSystem) throws(KeyRingError) {
    do throws(FileError) {
      for path in [directory, directory + "/.well-known"] {
        do throws(FileError) { try system.makeDirectory(path, permissions: 0o755) } catch
          where error.isExisting
        {}
      }
      for file in files {
        try system.replace("\(directory)/\(file.path)", with: file.contents.span, permissions: 0o644)
      }
      let text = Array((JSONValue.object(manifest).text(indentation: 2) + "\n").utf8)
      try system.replace(directory + "/publish.json", with: text.span, permissions: 0o644)
    } catch { throw .file(error) }
  }
}

extension StaticExport.File {
  fileprivate init(
    _ path: String, _ contents: [UInt8], _ contentType: String, _ cacheControl: String
  ) throws(KeyRingError) {
    let hash: [UInt8]
    do { hash = try MessageDigest.sha256.hash(contents.span) } catch { throw .key(error) }
    (self.path, self.contents, self.contentType) = (path, contents, contentType)
    self.cacheControl = cacheControl
    entityTag = "\"\(Base64URL.encode(hash.span))\""
  }
}
