// A chart holds numbers and lays them out at any width. The result is a figure.

/// A figure's name and the facts that a reader needs.
package struct ChartLabel: Sendable, Equatable {
  /// The kind of figure, such as `fig-tsne`.
  package var kind: String
  /// The stem of its file names, unique in a report.
  package var name: String
  package var title: String
  /// States n, folds, seeds, interval and fingerprint.
  package var caption: String
  package var warnings: Warnings

  package init(
    kind: String, name: String, title: String, caption: String, warnings: Warnings
  ) {
    (self.kind, self.name, self.title) = (kind, name, title)
    (self.caption, self.warnings) = (caption, warnings)
  }
}

/// Marks within a size, measured from the top left.
package struct Plot: Sendable, Equatable {
  package var size: Size
  package var marks: [Mark]

  init(_ size: Size, _ marks: [Mark]) { (self.size, self.marks) = (size, marks) }
}

/// A chart that can be laid out at any width from a paper's column upwards.
package protocol Chart: Sendable {
  var label: ChartLabel { get }
  /// Lays out the chart at the given width.
  func plot(width: Double, ruler: Ruler) -> Plot
}

extension Chart {
  /// Lays out the figure at the given width.
  ///
  /// - Parameter isTitled: whether to draw the title above. A paper has its caption instead.
  package func figure(width: Double, ruler: Ruler, isTitled: Bool = true) -> Figure {
    Figure(label, plot(width: width, ruler: ruler), isTitled: isTitled, ruler: ruler)
  }
}

/// A finished figure, for a page or for a file of its own.
package struct Figure: Sendable, Equatable {
  package let label: ChartLabel
  package let size: Size
  /// All marks, including title and warnings, inside `size`.
  package let marks: [Mark]

  package var name: String { label.name }
  /// The caption after the warning words.
  package var caption: String { label.warnings.prefix + label.caption }

  /// Puts a title and the warning words above a plot.
  init(_ label: ChartLabel, _ plot: Plot, isTitled: Bool, ruler: Ruler) {
    let boxes = ruler.warningBoxes(
      label.warnings, right: plot.size.width, top: 0, font: Style.captionBold)
    let heading =
      isTitled
      ? ruler.block(label.title, Style.subheading, from: 0, to: boxes.left - 6, top: 0)
      : (marks: [], height: 0)
    let least = label.warnings.words.isEmpty ? 0.0 : 12
    let head = max(heading.height, least) + (isTitled || least > 0 ? 6 : 0)
    self.label = label
    size = Size(plot.size.width, head + plot.size.height)
    marks = boxes.marks + heading.marks + plot.marks.map { $0.moved(0, head) }
  }
}
