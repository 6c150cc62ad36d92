#if Server
import IDTokens
import JOSECore
import KeyRotation
import NIOCore
import NIOHTTP1
import Synchronization

/// The JWK Sets and the discovery document, rendered once for each epoch of the ring.
final class PublicDocuments: Sendable {
  private let ring: KeyRing
  private let issuer: IssuerURL
  private let edition = Mutex<Edition?>(nil)

  init(_ ring: KeyRing, issuer: IssuerURL) {
    (self.ring, self.issuer) = (ring, issuer)
  }

  /// - Throws: a refusal if the snapshot may be out of date: verifiers would cache a JWKS without the next key.
  func answer(_ exchange: Exchange, at now: NumericDate) throws(Refusal) -> Answer? {
    do throws(KeyRingError) { try ring.checkFreshness(at: now) } catch { throw Refusal(ring: error) }
    guard let document = try current(at: now).documents[exchange.path] else { return nil }
    if let tags = exchange.head.headers.first(name: "if-none-match"), document.matches(tags) {
      return Answer(status: .notModified, fields: document.fields)
    }
    return Answer(fields: document.fields, body: document.body)
  }

  private func current(at now: NumericDate) throws(Refusal) -> Edition {
    let epoch = ring.epoch
    let current = edition.withLock { edition -> Edition? in
      guard edition?.epoch == epoch else { return nil }
      edition?.update(at: now)
      return edition
    }
    if let current { return current }
    do throws(KeyRingError) {
      let new = try Edition(ring.current, issuer, at: now)
      edition.withLock { $0 = new }
      return new
    } catch { throw .serverError("\(error)") }
  }
}

/// The documents of one epoch.
private struct Edition {
  let epoch: Int
  /// By path.
  private(set) var documents: [String: Document] = [:]
  private let lifetime: CacheLifetime
  private var maxAge: Int64

  init(_ snapshot: KeyRingSnapshot, _ issuer: IssuerURL, at now: NumericDate) throws(KeyRingError) {
    epoch = snapshot.epoch
    lifetime = snapshot.cacheLifetime
    maxAge = lifetime.seconds(at: now)
    for file in try StaticExport(snapshot, issuer: issuer.text, at: now).files {
      documents["/" + file.path] = Document(file)
    }
  }

  /// Writes `max-age` anew where it is another: nearly never, and before a new key once a second.
  mutating func update(at now: NumericDate) {
    let new = lifetime.seconds(at: now)
    guard new != maxAge else { return }
    maxAge = new
    for path in documents.keys { documents[path]?.fields[0].value = StaticExport.cacheControl(maxAge: new) }
  }
}

private struct Document {
  let body: ByteBuffer
  let entityTag: String
  var fields: Answer.Fields

  init(_ file: StaticExport.File) {
    body = ByteBuffer(bytes: file.contents)
    entityTag = file.entityTag
    // Every origin may read public keys (in the Fetch standard, `*` applies to requests without credentials).
    fields = [
      ("cache-control", file.cacheControl), ("content-type", file.contentType),
      ("etag", file.entityTag), ("access-control-allow-origin", "*"),
    ]
  }

  /// `If-None-Match` by the weak comparison (RFC 9110 §13.1.2).
  func matches(_ tags: String) -> Bool {
    tags.split(separator: ",").contains { tag in
      var tag = tag.drop { $0 == " " || $0 == "\t" }
      while tag.last == " " || tag.last == "\t" { tag.removeLast() }
      if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
      return tag == "*" || tag == entityTag
    }
  }
}
#endif
