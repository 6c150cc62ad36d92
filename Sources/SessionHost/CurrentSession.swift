import IDTokens

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

  /// - Parameter staffMemberAtStart: who was pinned when the extension started.
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
