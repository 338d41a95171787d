// A figure as a value: what is drawn where, with its title, caption and warnings.

/// A finished figure; drawn on a page or written as an SVG file of its own.
package struct Figure: Sendable, Equatable {
  /// The stem of its file name, unique in a report.
  package let name: String
  package let title: String
  /// What a reader must know to read it: n, folds, seeds …
  package let caption: String
  package let warnings: Warnings
  package let size: Size
  /// Everything drawn, title and warnings included, inside `size`.
  package let marks: [Mark]

  /// Puts a title and the warning words above a drawing.
  ///
  /// - Parameter body: marks within `bodySize`, from its top left.
  init(
    name: String, title: String, caption: String, warnings: Warnings, bodySize: Size,
    body: [Mark], ruler: Ruler
  ) {
    let boxes = ruler.warningBoxes(
      warnings, right: bodySize.width, top: 0, font: Style.captionBold)
    let heading = ruler.block(title, Style.subheading, from: 0, to: boxes.left - 6, top: 0)
    let head = max(heading.height, 12) + 6
    self.name = name
    self.title = title
    self.caption = warnings.words.map { "\($0). " }.joined() + caption
    self.warnings = warnings
    size = Size(bodySize.width, head + bodySize.height)
    marks = boxes.marks + heading.marks + body.map { $0.moved(0, head) }
  }
}
