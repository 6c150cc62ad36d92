import IDTokens
import Testing

@Suite struct ShopDomainTests {
  @Test(
    "What is no host name is refused, and the reason shows how one looks",
    arguments: [
      "", ".", "shop", "https://snow-devil.myshopify.com", "snow-devil.myshopify.com/", "a.com:443", "a..com",
      ".a.com", "a.com.", "-a.com", "a-.com", "a_b.com", "a b.com", "a.com\n", "a.com\u{0}", "ä.com",
      "a.c\u{301}om",
      "user@a.com", "*.myshopify.com", "a\u{3002}com", String(repeating: "a", count: 64) + ".com",
      String(repeating: "a.", count: 126) + "com",
    ])
  func refused(text: String) {
    let error = #expect(throws: IDTokenError.invalidShop(text)) { _ = try ShopDomain(text) }
    #expect(error?.description.contains("looks like snow-devil.myshopify.com, without https://") == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test("A letter that only becomes ASCII in lower case is no letter of a host name: U+212A, Kelvin")
  func kelvin() {
    let text = "snow\u{212A}.myshopify.com"
    #expect(throws: IDTokenError.invalidShop(text)) { _ = try ShopDomain(text) }
  }

  @Test("Upper case becomes lower case: host names have no case (RFC 4343)")
  func lowercased() throws {
    #expect(ShopDomain("Snow-Devil.MyShopify.COM").host == "snow-devil.myshopify.com")
  }

  @Test(
    "Only {shop}.myshopify.com is a host of the Shopify profile",
    arguments: [
      ("snow-devil.myshopify.com", true), ("s1.myshopify.com", true), ("1.myshopify.com", false),
      ("myshopify.com", false),
      ("a.b.myshopify.com", false), ("myshopify.com.evil.com", false), ("evilmyshopify.com", false),
      ("a.myshopify.com.au", false), ("a.myshopify.co", false),
    ])
  func isMyshopify(host: String, expected: Bool) throws {
    #expect(try ShopDomain(host).isMyshopify == expected)
  }

  @Test("The origin has the scheme that verifiers ask for in dest")
  func origin() throws {
    #expect(ShopDomain("a.myshopify.com").origin == "https://a.myshopify.com")
  }
}
