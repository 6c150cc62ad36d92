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
    let edition = try current(at: now)
    guard let document = edition.documents[exchange.path] else { return nil }
    let maxAge = edition.maxAge(at: now)
    var fields = document.fields
    // Nearly always the maximum; it is shorter before keys change.
    if maxAge != edition.longest { fields[0].value = "public, max-age=\(maxAge)" }
    if let tags = exchange.head.headers.first(name: "if-none-match"), document.matches(tags) {
      return Answer(status: .notModified, fields: fields)
    }
    return Answer(fields: fields, body: document.body)
  }

  private func current(at now: NumericDate) throws(Refusal) -> Edition {
    let epoch = ring.epoch
    if let edition = edition.withLock({ $0 }), edition.epoch == epoch { return edition }
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
  let documents: [String: Document]
  let longest: Int64
  private let nextChange: NumericDate?

  init(_ snapshot: KeyRingSnapshot, _ issuer: IssuerURL, at now: NumericDate) throws(KeyRingError) {
    epoch = snapshot.epoch
    longest = snapshot.ring.policy.maxAge
    nextChange = snapshot.ring.nextPublication(snapshot.ring.policy)
    var documents: [String: Document] = [:]
    for file in try StaticExport(snapshot, issuer: issuer.text, at: now).files {
      documents["/" + file.path] = Document(file, maxAge: longest)
    }
    self.documents = documents
  }

  /// As `KeyRingSnapshot.maxAge(at:)`, without computing the next change again.
  func maxAge(at now: NumericDate) -> Int64 {
    nextChange.map { min(longest, max(0, $0.seconds(since: now))) } ?? longest
  }
}

private struct Document {
  let body: ByteBuffer
  let entityTag: String
  let fields: Answer.Fields

  init(_ file: StaticExport.File, maxAge: Int64) {
    body = ByteBuffer(bytes: file.contents)
    entityTag = file.entityTag
    // Every origin may read public keys (in the Fetch standard, `*` applies to requests without credentials).
    fields = [
      ("cache-control", "public, max-age=\(maxAge)"), ("content-type", file.contentType),
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
