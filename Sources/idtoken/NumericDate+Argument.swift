public import ArgumentParser
import Foundation
public import JOSECore

extension NumericDate: ExpressibleByArgument {
  /// RFC 3339, or seconds since 1970.
  public init?(argument: String) {
    if let seconds = Int64(argument) {
      self.init(seconds)
    } else {
      guard let date = try? Date(argument, strategy: .iso8601) else { return nil }
      self.init(Int64(date.timeIntervalSince1970))
    }
  }
}
