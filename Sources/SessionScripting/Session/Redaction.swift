#if JavaScript
import Synchronization

/// Takes session tokens out of what a host may log: whatever looks like one, and the signature of each that the extension
/// was handed. An extension that spells a token in letters of its own can't be kept from it.
final class Redaction: Sendable {
  fileprivate struct State {
    var recent: Set<String> = []
    var older: Set<String> = []
    var lengths: Set<Int> = []
  }

  static let replacement = "[session token]"

  private let state = Mutex(State())

  /// A token without its signature is good for nothing, hence this is what is looked for. Tokens expire within minutes:
  /// the latest thousands are enough.
  func remember(_ token: String) {
    guard let dot = token.utf8.lastIndex(of: UInt8(ascii: ".")) else { return }
    let signature = String(token[token.index(after: dot)...])
    state.withLock { state in
      if state.recent.count >= 8192 { (state.older, state.recent) = (state.recent, []) }
      state.recent.insert(signature)
      state.lengths.insert(signature.utf8.count)
    }
  }

  func redacted(_ text: String) -> String {
    var (result, index) = ("", text.startIndex)
    for run in text.encodedRuns {
      guard let secret = secret(text[run]) else { continue }
      result += text[index..<secret.lowerBound] + Self.replacement
      index = secret.upperBound
    }
    return index == text.startIndex ? text : result + text[index...]
  }

  /// From the first character of a token in it to the end.
  private func secret(_ run: Substring) -> Range<String.Index>? {
    if let token = run.firstRange(of: "eyJ"), run[token.lowerBound...].hasThreeParts {
      return token.lowerBound..<run.endIndex
    }
    return state.withLock { state in
      run.split(separator: ".").first { state.holds($0) }.map { $0.startIndex..<run.endIndex }
    }
  }
}

extension Redaction.State {
  /// Whether a part is a signature that was handed out, or has one in it.
  fileprivate func holds(_ part: Substring) -> Bool {
    let bytes = Array(part.utf8)
    return lengths.contains { length in
      bytes.count >= length
        && (0...bytes.count - length).contains { start in
          let window = String(decoding: bytes[start..<start + length], as: UTF8.self)
          return recent.contains(window) || older.contains(window)
        }
    }
  }
}

extension String {
  /// What stands together in the alphabet of base64url and the dot (RFC 7515 §7.1).
  fileprivate var encodedRuns: [Range<String.Index>] {
    var (runs, start): ([Range<String.Index>], String.Index?) = ([], nil)
    for index in utf8.indices {
      if utf8[index].isEncoded {
        start = start ?? index
      } else if let first = start {
        runs.append(first..<index)
        start = nil
      }
    }
    if let start { runs.append(start..<endIndex) }
    return runs
  }
}

extension Substring {
  fileprivate var hasThreeParts: Bool { split(separator: ".").count >= 3 }
}

extension UInt8 {
  fileprivate var isEncoded: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
      true
    default: false
    }
  }
}
#endif
