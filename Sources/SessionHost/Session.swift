public import IDTokens

/// What a point of sale knows about its session at one moment. A value: a switch makes a new one, and whoever holds
/// this one keeps seeing what was.
///
/// The names are those of the POS Session API.
public struct Session: Sendable, Hashable {
  public let shopId: UInt64
  public let shopDomain: ShopDomain
  /// The account that is authenticated on the device; tokens are about it. `nil` while nobody is.
  public let userId: UserID?
  public let locationId: UInt64
  /// The staff member who is pinned in; `nil` while nobody is (a locked screen). May differ from `userId`.
  public let staffMemberId: UInt64?
  /// ISO 4217, such as `CAD`.
  public let currency: String
  public let posVersion: String

  public init(
    shopId: UInt64, shopDomain: ShopDomain, userId: UserID?, locationId: UInt64, staffMemberId: UInt64? = nil,
    currency: String, posVersion: String
  ) {
    (self.shopId, self.shopDomain, self.userId) = (shopId, shopDomain, userId)
    (self.locationId, self.staffMemberId) = (locationId, staffMemberId)
    (self.currency, self.posVersion) = (currency, posVersion)
  }
}

extension Session {
  func with(userId: UserID?) -> Session { with(userId, locationId, staffMemberId) }
  func with(locationId: UInt64) -> Session { with(userId, locationId, staffMemberId) }
  func with(staffMemberId: UInt64?) -> Session { with(userId, locationId, staffMemberId) }

  private func with(_ userId: UserID?, _ locationId: UInt64, _ staffMemberId: UInt64?) -> Session {
    Session(
      shopId: shopId, shopDomain: shopDomain, userId: userId, locationId: locationId,
      staffMemberId: staffMemberId, currency: currency, posVersion: posVersion)
  }
}
