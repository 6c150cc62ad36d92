import Foundation
import JOSECore
import NIOCore
import SystemSupport

@testable import IDTokenServer

extension Parser {
  /// A connection. The first byte says how the rest is cut into pieces, the second what else happens.
  func checkHTTP(_ input: [UInt8]) throws {
    guard input.count > 2 else { return }
    let (cut, flags) = (input[0], input[1])
    var random = SplitMix64(seed: UInt64(cut))
    func happens(_ flag: UInt8, oneIn count: Int) -> Bool {
      flags & flag != 0 && Int.random(in: 0..<count, using: &random) == 0
    }
    let connection = try Connection(.shared, isLocal: flags & 4 != 0)
    var rest = input[2...]
    while !rest.isEmpty, connection.isOpen {
      if happens(32, oneIn: 2) { connection.fill(Bool.random(using: &random)) }
      if happens(16, oneIn: 8) { connection.pass(.seconds(Int64.random(in: 1...12, using: &random))) }
      if !happens(8, oneIn: 2) { connection.run() }
      if !connection.isOpen { break }
      if !connection.isReadyForMore {
        // SwiftNIO reads everything that a client has sent before its end, asked for or not.
        if flags & 67 == 64 { break }
        connection.fill(false)
        connection.run()
        if !connection.isOpen { break }
        require(connection.isReadyForMore, "a connection is read once its requests are answered")
      }
      let length =
        switch cut {
        case 0: rest.count
        case 1: 1
        default: Int.random(in: 1...(1 << Int.random(in: 0...10, using: &random)), using: &random)
        }
      connection.send(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    if connection.isOpen {
      switch flags & 3 {
      case 0:
        if !rest.isEmpty { connection.send(rest) }
        if connection.isOpen { connection.halfClose() }
      case 1: connection.abort()
      case 2: connection.drain()
      default: break
      }
    }
    try connection.finish()
  }

  /// A body of `POST /session-token` and of `/session-tokens`, and a batch of two such requests.
  func checkBody(_ input: [UInt8]) throws {
    guard input.count <= Issuer.bodyLimit * 2 else { return }
    let single = try answer(to: input, "/session-token")
    require([200, 204].contains(single.status) || 400..<500 ~= single.status, "\(single.status) is known")
    let batch = try answer(to: input, "/session-tokens")
    require(batch.status == 200 || 400..<500 ~= batch.status, "\(batch.status) is known")
    guard input.count <= Issuer.bodyLimit / 2 - 16, (try? JSONValue(parsing: input.span)) != nil else {
      return
    }
    let both = try answer(
      to: Array("{\"requests\":[".utf8) + input + Array(",".utf8) + input + Array("]}".utf8),
      "/session-tokens")
    guard both.status == 200, let results = both.json()["tokens"]?.array else {
      require(400..<500 ~= single.status, "what is good alone is good twice")
      return
    }
    for result in results {
      switch single.status {
      case 200: require(result.object?["token"] != nil, "what gets a token alone gets one in a batch")
      case 204: require(result == .null, "who may not alone may not in a batch")
      // Alone it is known to be no object before it is known to be no request.
      default: require(result.object?["error"] != nil, "what is refused alone is refused in a batch")
      }
    }
  }

  private func answer(to body: [UInt8], _ path: String) throws -> HeardAnswer {
    let connection = try Connection(.shared)
    let head = """
      POST \(path) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(Issuer.credential)\r\n\
      Content-Type: application/json\r\nContent-Length: \(body.count)\r\n\r\n
      """
    connection.send(Array(head.utf8) + body)
    guard let heard = try connection.finish().first?.answer else {
      fatalError("broken: a request is answered")
    }
    return heard
  }
}
