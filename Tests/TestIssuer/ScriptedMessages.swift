#if Client
/// A request that a `ScriptedServer` received.
package struct ScriptedRequest: Sendable {
  /// From 0, in the order of arrival.
  package internal(set) var number = 0
  package let method: String
  package let path: String
  /// By names in lower case.
  package let headers: [String: String]
  package let body: [UInt8]

  /// The first complete request in `bytes`, and its length.
  static func first(of bytes: [UInt8]) -> (request: ScriptedRequest, length: Int)? {
    let end = Array("\r\n\r\n".utf8)
    guard
      let headEnd = bytes.indices.first(where: { bytes[$0...].starts(with: end) })
    else { return nil }
    let lines = String(decoding: bytes[..<headEnd], as: UTF8.self).split(separator: "\r\n")
    guard let first = lines.first?.split(separator: " "), first.count == 3 else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { return nil }
      headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
    }
    let bodyStart = headEnd + end.count
    let length = bodyStart + (headers["content-length"].flatMap { Int($0) } ?? 0)
    guard bytes.count >= length else { return nil }
    let request = ScriptedRequest(
      method: String(first[0]), path: String(first[1]), headers: headers,
      body: Array(bytes[bodyStart..<length]))
    return (request, length)
  }
}

/// The bytes that a `ScriptedServer` answers with.
package struct ScriptedReply: Sendable {
  package let bytes: [UInt8]
  let closes: Bool

  /// Sends these bytes, which need not be HTTP.
  package init(raw bytes: [UInt8], closes: Bool) { (self.bytes, self.closes) = (bytes, closes) }

  package init(_ status: Int, _ headers: [String: String] = [:], _ body: [UInt8] = []) {
    var head = "HTTP/1.1 \(status) Scripted\r\n"
    for (name, value) in headers.sorted(by: { $0.key < $1.key }) { head += "\(name): \(value)\r\n" }
    if status != 204, status != 304 { head += "Content-Length: \(body.count)\r\n" }
    self.init(raw: Array((head + "\r\n").utf8) + body, closes: false)
  }

  package static func json(_ status: Int, _ text: String, _ headers: [String: String] = [:])
    -> ScriptedReply
  {
    ScriptedReply(
      status, headers.merging(["Content-Type": "application/json"]) { $1 }, Array(text.utf8))
  }

  /// Closes the connection without an answer.
  package static let hangUp = ScriptedReply(raw: [], closes: true)
}
#endif
