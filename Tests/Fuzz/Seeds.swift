@testable import JOSECore
@testable import KeyRotation

extension Parser {
  /// Inputs from which libFuzzer starts.
  func seeds() throws -> [[UInt8]] {
    switch self {
    case .json: texts(Self.documents + Self.claimSets)
    case .base64url: texts(["", "AA", "AAE", "Zm9vYmFy", "_-_-"])
    case .jws:
      texts(
        [#"{"alg":"HS256","typ":"JWT"}"#, #"{"alg":"ES256","kid":"a","crit":["b64"]}"#].map {
          Self.token($0, Array(Self.claimSets[0].utf8), Array(repeating: 0, count: 32))
        })
    case .jwks: try [NewRing(.standard.with([.es256, .edDSA, .rs256]), at: Self.start).step.ring.jwks.bytes]
    case .pem: try Self.keys()
    case .manifest: try Self.manifests().map(\.bytes)
    case .audit: try texts(Self.manifests().compactMap { $0.latest?.line })
    case .shop: texts(["snow-devil.myshopify.com", "SHOP.example.com", "a.b", "xn--bcher-kva.example"])
    case .claims: texts(Self.claimSets)
    case .http: Self.connections()
    case .body: texts(Self.orders)
    }
  }

  private func texts(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

  private static let documents = [
    "null", "[1, -2, 3.5e-7, 9223372036854775807, 1e308]", #"["é", "\u00e9\ud83d\ude00\n", ""]"#,
    #"{"a": {"b": [true, false, null]}, "c": "x"}"#,
  ]

  private static let claimSets = [
    """
    {"iss":"https://snow-devil.myshopify.com/admin","dest":"https://snow-devil.myshopify.com","aud":"my-app",\
    "sub":"42","exp":1800000060,"nbf":1800000000,"iat":1800000000,"jti":"6f8f0f3e","sid":"5e5e"}
    """,
    """
    {"iss":"https://id.example.com","sub":"42","aud":["my-app","b"],"azp":"my-app","exp":1800000060.5,\
    "iat":1800000000,"extra":[[1,null]]}
    """,
  ]

  private static let orders = [
    """
    {"shop":"snow-devil.myshopify.com","shopId":1001,"userId":42,"locationId":5,"clientId":"loyalty-app"}
    """,
    """
    {"shop":"snow-devil.myshopify.com","shopId":1001,"userId":42.0,"locationId":5,"staffMemberId":7,"currency":"CAD",\
    "posVersion":"10.6.0","clientId":"warehouse-app","sessionId":"a"}
    """,
    """
    {"shop":"shop.example.com","shopId":1,"userId":9223372036854775807,"locationId":5,"clientId":"warehouse-app"}
    """,
    """
    {"requests":[{"shop":"snow-devil.myshopify.com","shopId":1,"userId":42,"locationId":5,"clientId":"warehouse-app"},\
    {"shop":"shop.example.com","shopId":1,"userId":42,"locationId":5,"clientId":"loyalty-app"},null,{}]}
    """,
  ]

  /// What `checkHTTP` reads: how it is cut, what else happens, and the bytes.
  private static func connections() -> [[UInt8]] {
    let end = "\r\n\r\n"
    let bearer = "Host: a\r\nAuthorization: Bearer \(Issuer.credential)\r\nContent-Type: application/json\r\n"
    let orders = orders.map { order in
      let path = order.hasPrefix("{\"requests\"") ? "/session-tokens" : "/session-token"
      return "POST \(path) HTTP/1.1\r\n\(bearer)Content-Length: \(order.utf8.count)\(end)\(order)"
    }
    let chunked =
      "POST /session-token HTTP/1.1\r\n\(bearer)Transfer-Encoding: chunked\r\nExpect: 100-continue\(end)"
      + "\(String(Self.orders[0].utf8.count, radix: 16));a=b\r\n\(Self.orders[0])\r\n0\r\nTrailer: a\(end)"
    let documents = [
      "/.well-known/jwks.json", "/.well-known/openid-configuration", "/healthz", "/readyz", "/openapi.json",
      "/x",
    ].map { "GET \($0) HTTP/1.1\r\nHost: 127.0.0.1:80\r\nX-Request-ID: 1\(end)" }
    let operators = ["/metrics", "/?a"].map {
      "HEAD \($0) HTTP/1.0\r\nAuthorization: Bearer \(Issuer.operatorCredential)\r\nConnection: keep-alive\(end)"
    }
    let pipelined = (documents + orders + [chunked] + operators).joined()
    let other = orders[0].replacing(Issuer.credential, with: Issuer.otherCredential)
    let texts =
      orders + [chunked, documents.joined(), operators.joined(), pipelined, other + other + other]
      + [orders[0].replacing("HTTP/1.1\r\n", with: "HTTP/1.1\r\nConnection: close\r\n"), orders[0] + "x"]
    let cuts: [UInt8] = [0, 1, 7]
    return texts.enumerated().flatMap { index, text in
      cuts.map { [$0, UInt8(truncatingIfNeeded: index * 37 + Int($0) * 11)] + Array(text.utf8) }
    }
  }

  private static func keys() throws -> [[UInt8]] {
    try [.ec(.p256), .okp(.ed25519), .rsa(modulusBits: 2048)].flatMap { (kind: KeyKind) in
      let key = try PrivateKey.generate(kind)
      return try [key.pem().withBytes { $0.map { $0 } }, Array(key.publicKey.pem().utf8)]
    }
  }

  /// A ring, and what time, a rotation and a revocation make of it.
  private static func manifests() throws -> [RingManifest] {
    func at(_ days: Int64) -> NumericDate { start.advanced(by: days * 86_400) }
    let new = try RingManifest(ring: NewRing(.standard.with([.es256]), at: start).step.ring, latest: nil)
    let known = try step(new, at: at(1)) ?? new
    let rotated = try step(known, at: at(40)) ?? known
    let revocation = RotationRequest.revoke(keyID: rotated.ring.keys[1].keyID, reason: "test")
    return try [new, known, rotated, step(rotated, at: at(41), revocation) ?? new]
  }
}
