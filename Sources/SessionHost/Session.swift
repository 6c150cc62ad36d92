public import IDTokens

/// What a point of sale knows about its session at one moment. It never changes: a switch makes a new one.
///
/// The names are those of the POS Session API.
public struct Session: Sendable, Hashable {
  public let shopId: UInt64
  public let shopDomain: ShopDomain
  /// The account that is authenticated on the device, which tokens are about; `nil` while there is none.
  public let userId: UserID?
  public let locationId: UInt64
  /// The staff member that is pinned in, which may differ from `userId`; `nil` on a locked screen.
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

/// `session.currentSession` as an extension of a certain API version sees it; what that version doesn't have is `nil`.
public struct CurrentSession: Sendable, Hashable {
  public let shopId: UInt64
  public let shopDomain: String
  public let userId: UInt64?
  public let locationId: UInt64
  /// The pinned staff member; in 2026-07 the one pinned when the extension started; gone in 2026-10.
  public let staffMemberId: UInt64?
  /// Since 2025-01.
  public let currency: String?
  /// Since 2025-07.
  public let posVersion: String?

  /// - Parameter staffMemberAtStart: the staff member that was pinned when the extension started.
  init(_ session: Session, _ version: APIVersion, staffMemberAtStart: UInt64?) {
    shopId = session.shopId
    shopDomain = session.shopDomain.host
    userId = session.userId?.number
    locationId = session.locationId
    staffMemberId =
      if version >= APIVersion.Until.staffMemberId {
        nil
      } else if version >= APIVersion.Since.staffMember {
        staffMemberAtStart
      } else {
        session.staffMemberId
      }
    currency = version >= APIVersion.Since.currency ? session.currency : nil
    posVersion = version >= APIVersion.Since.posVersion ? session.posVersion : nil
  }
}

/// The `{id}` of `session.staffMember`, since 2026-07.
public struct StaffMember: Sendable, Hashable {
  public let id: UInt64
}
