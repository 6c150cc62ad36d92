import IDTokens
import SessionHost
import Testing

@Suite struct SwitchContractTests {
  @Test(
    """
    "static for the duration of the session": a session value never changes under a reader; a switch publishes a new \
    value
    """)
  func heldValuesStay() throws {
    let fixture = try Fixture()
    let controller = fixture.controller()
    let api = controller.api(for: fixture.shopifyApp, version: try APIVersion("2025-07"))
    let held = api.currentSession
    controller.switchLocation(to: 6)
    controller.pin(staffMember: 8)
    #expect(held.locationId == 5)
    #expect(held.staffMemberId == 7)
    #expect(api.currentSession.locationId == 6)
    #expect(api.currentSession.staffMemberId == 8)
  }

  @Test("\"updates when users switch locations or staff members change\"")
  func stream() async throws {
    let fixture = try Fixture()
    let controller = fixture.controller()
    let sessions = controller.api(for: fixture.shopifyApp, version: try APIVersion("2025-07")).sessions
    controller.switchLocation(to: 6)
    controller.unpin()
    controller.authenticate(UserID(43))
    controller.close()
    var seen: [[UInt64?]] = []
    for await session in sessions {
      seen.append([session.locationId, session.staffMemberId, session.userId])
    }
    #expect(seen == [[5, 7, 42], [6, 7, 42], [6, nil, 42], [6, nil, 43]])
  }

  @Test("a version that can't see a change isn't told of it")
  func invisibleChange() async throws {
    let fixture = try Fixture()
    let controller = fixture.controller()
    let sessions = controller.api(for: fixture.shopifyApp, version: try APIVersion("2026-10")).sessions
    controller.pin(staffMember: 8)
    controller.switchLocation(to: 6)
    controller.close()
    var locations: [UInt64] = []
    for await session in sessions { locations.append(session.locationId) }
    #expect(locations == [5, 6])
  }

  @Test("every subscriber hears of every switch, in order, however many there are")
  func subscribers() async throws {
    let fixture = try Fixture()
    let controller = fixture.controller()
    let api = controller.api(for: fixture.shopifyApp)
    let streams = (0..<20).map { _ in api.sessions }
    for location in UInt64(6)...50 { controller.switchLocation(to: location) }
    controller.close()
    for stream in streams {
      var locations: [UInt64] = []
      for await session in stream { locations.append(session.locationId) }
      #expect(locations == Array(5...50))
    }
  }

  @Test("a host that lets go of its controller without closing it ends the streams", .timeLimit(.minutes(1)))
  func released() async throws {
    let fixture = try Fixture()
    var controller: SessionController? = fixture.controller()
    weak let released = controller
    let sessions = try #require(controller?.api(for: fixture.shopifyApp).sessions)
    let staffMembers = try #require(controller?.api(for: fixture.shopifyApp).staffMember?.values)
    controller = nil
    #expect(released == nil)
    var locations: [UInt64] = []
    for await session in sessions { locations.append(session.locationId) }
    #expect(locations == [5])
    var pinned: [UInt64?] = []
    for await staffMember in staffMembers { pinned.append(staffMember?.id) }
    #expect(pinned == [7])
  }

  @Test("after the session is closed nothing changes and streams end at once")
  func closed() async throws {
    let fixture = try Fixture()
    let controller = fixture.controller()
    controller.close()
    controller.switchLocation(to: 9)
    #expect(controller.session.locationId == 5)
    var count = 0
    for await _ in controller.api(for: fixture.shopifyApp).sessions { count += 1 }
    #expect(count == 1)
  }
}
