#if Server
import Foundation
import HTTPTypes

/// An answer as it went over the wire, without what the server adds to each by itself.
struct RecordedAnswer {
  private(set) var fields = HTTPFields()
  let body: String

  init(contentsOf path: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    guard let end = text.range(of: "\r\n\r\n"), text.hasPrefix("HTTP/1.1 200") else {
      throw RecordedAnswerError(path: path)
    }
    body = String(text[end.upperBound...])
    for line in text[..<end.lowerBound].components(separatedBy: "\r\n").dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, let name = HTTPField.Name(String(parts[0])) else {
        throw RecordedAnswerError(path: path)
      }
      if name == .date || name == .contentLength { continue }
      fields[name] = parts[1].trimmingCharacters(in: .whitespaces)
    }
  }
}

struct RecordedAnswerError: Error, CustomStringConvertible {
  let path: String
  var description: String { "\(path) holds no answer 200 as curl -i prints it" }
}
#endif
