import JOSECore
import Testing

@Suite("NumericDate (RFC 7519 §2)")
struct NumericDateTests {
  @Test(
    "prints as a date in UTC",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (86_399, "1970-01-01T23:59:59Z"),
      (951_782_400, "2000-02-29T00:00:00Z"), (951_868_800, "2000-03-01T00:00:00Z"),
      (1_709_164_800, "2024-02-29T00:00:00Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
      (4_107_542_400, "2100-03-01T00:00:00Z"), (1_300_819_380, "2011-03-22T18:43:00Z"),
      (2_147_483_648, "2038-01-19T03:14:08Z"), (-2_203_891_200, "1900-03-01T00:00:00Z"),
      (-62_135_596_800, "0001-01-01T00:00:00Z"), (-62_167_219_200, "0000-01-01T00:00:00Z"),
      (253_402_300_799, "9999-12-31T23:59:59Z"),
    ] as [(Int64, String)])
  func description(_ seconds: Int64, _ text: String) { #expect(NumericDate(seconds).description == text) }

  @Test(
    "prints as a number outside the years that four digits name",
    arguments: [253_402_300_800, -62_167_219_201, .max, .min] as [Int64])
  func outOfRange(_ seconds: Int64) { #expect(NumericDate(seconds).description == "\(seconds)") }

  @Test("every day from 1600 to 2400 follows the day before")
  func days() {
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var seconds: Int64 = -11_676_096_000
    var wrong = 0
    for year in 1600...2400 {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      for month in 1...12 {
        for day in 1...(lengths[month - 1] + (isLeap && month == 2 ? 1 : 0)) {
          let expected = "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)T00:00:00Z"
          if NumericDate(seconds).description != expected { wrong += 1 }
          seconds += 86_400
        }
      }
    }
    #expect(wrong == 0)
  }

  @Test(
    "adding stops at the ends of the range",
    arguments: [
      (0, 60, 60), (100, -160, -60), (.max, 1, .max), (.max, .max, .max), (.min, -1, .min),
      (.min, .min, .min),
      (.max - 1, 1, .max), (.min, .max, -1), (.max, .min, -1),
    ] as [(Int64, Int64, Int64)])
  func advanced(_ start: Int64, _ seconds: Int64, _ end: Int64) {
    #expect(NumericDate(start).advanced(by: seconds) == NumericDate(end))
  }

  @Test(
    "a difference stops at the ends of the range",
    arguments: [
      (60, 0, 60), (0, 60, -60), (.max, -1, .max), (.max, .min, .max), (.min, 1, .min), (.min, .max, .min),
      (0, .min, .max), (-1, .min, .max), (.min, .min, 0),
    ] as [(Int64, Int64, Int64)])
  func difference(_ date: Int64, _ other: Int64, _ seconds: Int64) {
    #expect(NumericDate(date).seconds(since: NumericDate(other)) == seconds)
  }

  @Test("dates are ordered") func order() {
    let dates: [Int64] = [.min, -1, 0, 1, 1_300_819_380, .max]
    #expect(dates.map(NumericDate.init) == dates.shuffled().map(NumericDate.init).sorted())
  }

  @Test("a fixed clock stands still") func clock() {
    let clock = WallClock.fixed(NumericDate(1_300_819_380))
    #expect(clock.now == NumericDate(1_300_819_380))
    #expect(clock.now == clock.now)
  }
}
