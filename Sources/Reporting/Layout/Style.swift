// Font sizes and text layout.

/// Font sizes and the gap between columns, in points.
enum Style {
  static let gutter = 18.0

  static let title = Font(22, .bold)
  static let heading = Font(14, .bold)
  static let subheading = Font(10, .bold)
  static let body = Font(9)
  static let bodyBold = Font(9, .bold)
  static let table = Font(8)
  static let tableBold = Font(8, .bold)
  static let caption = Font(7.5)
  static let captionBold = Font(7.5, .bold)
  static let axis = Font(7)
  static let axisBold = Font(7, .bold)
}

/// Where a text stands between two edges.
package enum Alignment: Sendable { case leading, centre, trailing }

extension Ruler {
  /// Returns text on one line between `left` and `right`, shortened if it is too wide.
  func line(
    _ text: String, _ font: Font, _ color: Color = .ink, from left: Double, to right: Double,
    baseline: Double, _ alignment: Alignment = .leading
  ) -> Mark {
    let fitting = shortened(text, font, to: right - left + 0.01)
    let slack = right - left - width(of: fitting, font)
    let shift: Double =
      switch alignment {
      case .leading: 0
      case .centre: slack / 2
      case .trailing: slack
      }
    return .text(fitting, at: Point(left + shift, baseline), font, color, turned: false)
  }

  /// Returns lines of text from `top` downwards, and their height.
  func block(
    _ text: String, _ font: Font, _ color: Color = .ink, from left: Double, to right: Double,
    top: Double, _ alignment: Alignment = .leading
  ) -> (marks: [Mark], height: Double) {
    let lines = lines(of: text, font, width: right - left)
    let marks = lines.enumerated().map { index, words in
      line(
        words, font, color, from: left, to: right,
        baseline: top + Double(index) * font.lineHeight + font.size, alignment)
    }
    return (marks, Double(lines.count) * font.lineHeight)
  }

  /// Returns a text, or as much of it as half a page holds. Files of the table have all of it.
  func beginning(of text: String, _ font: Font, width: Double) -> String {
    let most = Int((sheet.bottom - sheet.top) / 2 / font.lineHeight)
    guard text.count > most else { return text }
    let lines = lines(of: text, font, width: width)
    return lines.count <= most ? text : lines.prefix(most - 1).joined(separator: "\n") + "\n…"
  }

  /// Returns the warning words as boxes that end at `right`, and their left edge.
  func warningBoxes(_ warnings: Warnings, right: Double, top: Double, font: Font)
    -> (marks: [Mark], left: Double)
  {
    var marks: [Mark] = []
    var edge = right
    for word in warnings.words.reversed() {
      let width = width(of: word, font) + font.size
      let box = Rectangle(edge - width, top, width, font.size * 1.55)
      marks.append(.rectangle(box, fill: .alarm, stroke: nil))
      marks.append(
        line(
          word, font, .paper, from: box.x, to: box.right,
          baseline: top + font.size * 0.775 + font.capHeight / 2, .centre))
      edge = box.x - 4
    }
    return (marks, edge)
  }
}
