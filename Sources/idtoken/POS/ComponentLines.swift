#if JavaScript
import JOSECore
import SessionScripting

extension [ComponentNode] {
  /// A component a line, what is in it further in. Texts that follow each other are one.
  var lines: [String] {
    var (lines, text): ([String], String) = ([], "")
    func endText() {
      if !text.isEmpty { lines.append(text) }
      text = ""
    }
    for node in self {
      switch node {
      case .text(let part): text += part
      case .component(let component):
        endText()
        lines += component.lines
      }
    }
    endText()
    return lines
  }

  /// The place of what has a title and can be pressed.
  func path(toTitle title: String) -> [Int]? {
    for (index, node) in enumerated() {
      guard case .component(let component) = node else { continue }
      if component.props["title"]?.string == title, component.actions.contains("onPress") { return [index] }
      if let path = component.children.path(toTitle: title) { return [index] + path }
    }
    return nil
  }
}

extension Component {
  fileprivate var lines: [String] {
    if type == "Text", case let texts = children.lines, texts.count == 1 { return texts }
    let title = props["title"]?.string.map { " '\($0)'" } ?? ""
    return ["[\(type)\(title)]"] + children.lines.map { "  " + $0 }
  }
}
#endif
