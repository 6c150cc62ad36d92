import Foundation
import JOSECore
import KeyRotation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Fetches the public copy of a JWKS as a verifier would, and tells the ring which keys are in it.
struct Confirmation {
  let url: String

  func run(_ ring: KeyRing) async throws {
    var found: [String] = []
    for set in ring.publishedSets {
      let url = try address(of: set)
      let published = try await fetch(url).keys.compactMap(\.keyID)
      let missing = set.jwks.keys.compactMap(\.keyID).filter { !published.contains($0) }
      guard missing.isEmpty else {
        throw ConfirmationError("\(url) lacks \(missing.joined(separator: ", ")): publish the export first")
      }
      found += published
    }
    let epoch = ring.epoch
    for case .confirmed(let keyID, let algorithm) in try await ring.confirm(found) {
      try Output.line("confirmed \(algorithm) \(keyID)")
    }
    try Output.line(Output.good("\(url) holds every key of epoch \(epoch)"))
  }

  /// The sets lie beside each other.
  private func address(of set: PublishedSet) throws(ConfirmationError) -> URL {
    guard let address = URL(string: url), ["https", "http"].contains(address.scheme) else {
      throw ConfirmationError("\(url) is no http or https URL")
    }
    return set.fileName == "jwks.json"
      ? address : address.deletingLastPathComponent().appending(path: set.fileName)
  }

  private func fetch(_ address: URL) async throws -> JWKSet {
    var request = URLRequest(url: address, timeoutInterval: 30)
    // What the origin has now, not what a cache on the way kept.
    request.cachePolicy = .reloadIgnoringLocalAndRemoteCacheData
    request.setValue("no-cache", forHTTPHeaderField: "Cache-Control")
    let (data, response): (Data, URLResponse)
    do { (data, response) = try await URLSession.shared.data(for: request) } catch {
      throw ConfirmationError("could not fetch \(address): \(error.localizedDescription)")
    }
    guard let status = (response as? HTTPURLResponse)?.statusCode, status == 200 else {
      throw ConfirmationError(
        "\(address) answers with status \((response as? HTTPURLResponse)?.statusCode ?? 0)")
    }
    do { return try JWKSet(parsing: Array(data).span) } catch {
      throw ConfirmationError("\(address): \(error)")
    }
  }
}

struct ConfirmationError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
