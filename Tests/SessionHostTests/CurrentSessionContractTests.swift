import SessionHost
import Testing

/// Each name quotes the sentence of the POS Session API's description that it checks.
@Suite struct CurrentSessionContractTests {
  @Test(
    """
    "session.currentSession: shopId, shopDomain, userId, locationId, staffMemberId?, currency (since 2025-01), \
    posVersion (since 2025-07)"
    """)
  func fields() throws {
    let fixture = try Fixture()
    let session = fixture.controller().api(for: fixture.shopifyApp, version: try APIVersion("2025-07"))
      .currentSession
    #expect(session.shopId == 1001)
    #expect(session.shopDomain == "snow-devil.myshopify.com")
    #expect(session.userId == 42)
    #expect(session.locationId == 5)
    #expect(session.staffMemberId == 7)
    #expect(session.currency == "CAD")
    #expect(session.posVersion == "10.6.0")
  }

  @Test(
    "\"So fields are gated by API version\"",
    arguments: [
      ("2022-10", false, false, false, false), ("2024-10", false, false, false, false),
      ("2025-01", true, false, false, false), ("2025-04", true, false, false, false),
      ("2025-07", true, true, false, false), ("2026-01", true, true, false, false),
      ("2026-04", true, true, true, false), ("2026-07", true, true, true, true),
      ("2026-10", true, true, true, true),
    ])
  func gating(version: String, currency: Bool, posVersion: Bool, deviceId: Bool, staffMember: Bool) throws {
    let fixture = try Fixture()
    let api = fixture.controller().api(for: fixture.shopifyApp, version: try APIVersion(version))
    #expect((api.currentSession.currency != nil) == currency)
    #expect((api.currentSession.posVersion != nil) == posVersion)
    #expect((api.deviceId != nil) == deviceId)
    #expect((api.staffMember != nil) == staffMember)
  }

  @Test("\"IDs are numbers\"")
  func numbers() throws {
    let fixture = try Fixture()
    let session = fixture.controller().api(for: fixture.shopifyApp, version: .first).currentSession
    let ids: [UInt64?] = [session.shopId, session.userId, session.locationId, session.staffMemberId]
    #expect(ids == [1001, 42, 5, 7])
  }

  @Test(
    """
    "staffMemberId is the pinned staff member, absent while none is pinned (a locked screen), and may differ from \
    userId, the authenticated account"
    """)
  func pinnedStaffMember() throws {
    let fixture = try Fixture()
    let controller = fixture.controller()
    let api = controller.api(for: fixture.shopifyApp, version: try APIVersion("2025-07"))
    #expect(api.currentSession.staffMemberId == 7)
    #expect(api.currentSession.userId == 42)
    controller.unpin()
    #expect(api.currentSession.staffMemberId == nil)
    controller.pin(staffMember: 8)
    #expect(api.currentSession.staffMemberId == 8)
    #expect(api.currentSession.userId == 42)
  }

  @Test(
    "\"Read-only for extensions\": no field can be written",
    arguments: [
      \CurrentSession.shopId, \CurrentSession.shopDomain, \CurrentSession.userId, \CurrentSession.locationId,
      \CurrentSession.staffMemberId, \CurrentSession.currency, \CurrentSession.posVersion,
      \SessionAPI.currentSession, \SessionAPI.deviceId, \SessionAPI.staffMember, \SessionAPI.version,
    ] as [AnyKeyPath & Sendable])
  func readOnly(path: AnyKeyPath & Sendable) {
    #expect(!"\(type(of: path))".contains("Writable"))
  }

  @Test("\"session.deviceId beside it (2026-04)\"")
  func deviceId() throws {
    let fixture = try Fixture()
    let api = fixture.controller().api(for: fixture.shopifyApp, version: try APIVersion("2026-04"))
    #expect(api.deviceId == 3003)
  }

  @Test("\"session.staffMember, an observable {id} or undefined (2026-07)\"")
  func staffMember() async throws {
    let fixture = try Fixture()
    let controller = fixture.controller()
    let observed = try #require(
      controller.api(for: fixture.shopifyApp, version: try APIVersion("2026-07")).staffMember)
    #expect(observed.value?.id == 7)
    let values = observed.values
    controller.switchLocation(to: 6)
    controller.unpin()
    controller.pin(staffMember: 8)
    #expect(observed.value?.id == 8)
    controller.close()
    var seen: [UInt64?] = []
    for await value in values { seen.append(value?.id) }
    #expect(seen == [7, nil, 8])
  }

  @Test(
    """
    "currentSession.staffMemberId then means "pinned when the extension started", and is gone in 2026-10"
    """)
  func staffMemberIdAtStart() throws {
    let fixture = try Fixture()
    let controller = fixture.controller()
    let api = controller.api(for: fixture.shopifyApp, version: try APIVersion("2026-07"))
    controller.pin(staffMember: 8)
    #expect(api.currentSession.staffMemberId == 7)
    #expect(
      controller.api(for: fixture.shopifyApp, version: try APIVersion("2026-07")).currentSession.staffMemberId
        == 8)
    #expect(
      controller.api(for: fixture.shopifyApp, version: try APIVersion("2026-10")).currentSession.staffMemberId
        == nil)
  }

  @Test(
    "versions that never were are refused",
    arguments: [
      "2022-07", "2026-12", "2027-01", "2025-1", "2025-13", "", "unstable", "2025-01-01", "+025-01",
      "2025-+1",
    ])
  func unknownVersion(text: String) {
    #expect(throws: SessionError.unknownVersion(text)) { try APIVersion(text) }
  }
}
