import Foundation
import JOSECore
import KeyRotation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Fetches the public copy of a JWKS as a verifier does, and confirms to the ring which keys are in it.
struct Confirmation {
  let url: String

  func run(_ ring: KeyRing) async throws {
    var found: [String] = []
    for set in ring.publishedSets {
      let url = try address(of: set)
      let published = try await fetch(url).keys.compactMap(\.keyID)
      let missing = set.jwks.keys.compactMap(\.keyID).filter { !published.contains($0) }
      guard missing.isEmpty else {
        throw refusal(
          "\(url) lacks \(missing.joined(separator: ", ")). Publish the files of 'idtoken jwks export' there first"
        )
      }
      found += published
    }
    let epoch = ring.epoch
    for case .confirmed(let keyID, let algorithm) in try await ring.confirm(found) {
      try Output.line("confirmed \(algorithm) \(keyID)")
    }
    try Output.line("\(url) holds every key of epoch \(epoch)", .good)
  }

  /// All sets are in the directory of the first one.
  private func address(of set: PublishedSet) throws(CommandError) -> URL {
    guard let address = URL(string: url), ["https", "http"].contains(address.scheme) else {
      throw refusal(
        "\(url) is not an http or https URL; it looks like https://id.example.com/.well-known/jwks.json")
    }
    return set.fileName == "jwks.json"
      ? address : address.deletingLastPathComponent().appending(path: set.fileName)
  }

  private func fetch(_ address: URL) async throws -> JWKSet {
    var request = URLRequest(url: address, timeoutInterval: 30)
    // The origin's present copy, not that of a cache on the way.
    request.cachePolicy = .reloadIgnoringLocalAndRemoteCacheData
    request.setValue("no-cache", forHTTPHeaderField: "Cache-Control")
    let (data, response): (Data, URLResponse)
    do { (data, response) = try await URLSession.shared.data(for: request) } catch {
      throw refusal("could not fetch \(address): \(error.localizedDescription)")
    }
    guard let status = (response as? HTTPURLResponse)?.statusCode, status == 200 else {
      throw refusal(
        "\(address) answers with status \((response as? HTTPURLResponse)?.statusCode ?? 0), not 200")
    }
    do { return try JWKSet(parsing: Array(data).span) } catch { throw refusal("\(address): \(error)") }
  }

  private func refusal(_ reason: String) -> CommandError { CommandError(.refused, reason) }
}
