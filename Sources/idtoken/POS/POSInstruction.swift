#if JavaScript
import IDTokens

/// What a person types.
enum POSInstruction: Equatable {
  case location(UInt64)
  case pin(UInt64)
  case unpin
  case user(UserID?)
  case forbid
  case permit
  case open
  case press(String)
  case show
  case help
  case quit

  static let summary = """
      location ID    switch to another location
      pin ID, unpin  pin a staff member in, lock the screen
      user ID, user  log another account in, or none
      forbid, permit take user 42's permission for the app away, give it back
      open           present the extension anew, as a tap on its tile does
      press TITLE    press a button or tile of the extension
      show           show what the extension shows now
      help, quit
    """

  init(_ line: String) throws {
    let words = line.split(maxSplits: 1, whereSeparator: \.isWhitespace).map(String.init)
    let word = words.first ?? ""
    let rest = words.dropFirst().first?.trimmed
    func number() throws -> UInt64 {
      guard let rest, let number = UInt64(rest) else {
        throw POSError(reason: "'\(word)' takes an ID, a number")
      }
      return number
    }
    switch (word, rest) {
    case ("location", _): self = .location(try number())
    case ("pin", _): self = .pin(try number())
    case ("user", nil): self = .user(nil)
    case ("user", _): self = .user(UserID(try number()))
    case ("press", let title?): self = .press(title)
    case ("unpin", nil): self = .unpin
    case ("forbid", nil): self = .forbid
    case ("permit", nil): self = .permit
    case ("open", nil): self = .open
    case ("show", nil): self = .show
    case ("help", nil): self = .help
    case ("quit", nil): self = .quit
    default: throw POSError(reason: "'\(line.trimmed)' is no command; 'help' has them")
    }
  }
}

extension String {
  fileprivate var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}
#endif
