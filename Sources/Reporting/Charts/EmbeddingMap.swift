// A map of utterances in the plane; class is told by colour and by shape.

/// A t-SNE, coloured by class.
package struct EmbeddingMap {
  package var name: String
  package var title: String
  package var caption: String
  package var warnings: Warnings
  package var classes: [String]
  package var points: [EmbeddingProjection.Point]

  package init(
    name: String, title: String, caption: String, warnings: Warnings, classes: [String],
    points: [EmbeddingProjection.Point]
  ) {
    self.name = name
    self.title = title
    self.caption = caption
    self.warnings = warnings
    self.classes = classes
    self.points = points.filter { $0.x.isFinite && $0.y.isFinite }
  }

  /// Lays the figure out, `width` wide: a square map and a legend below.
  package func figure(width: Double, ruler: Ruler) -> Figure {
    let side = width
    let marker = points.count > 1000 ? 3.0 : points.count > 300 ? 3.6 : 4.6
    let inset = 8.0
    let xs = points.map(\.x)
    let ys = points.map(\.y)
    let (lowX, highX) = (xs.min() ?? 0, xs.max() ?? 0)
    let (lowY, highY) = (ys.min() ?? 0, ys.max() ?? 0)
    // One scale for both directions: distances are what a map shows.
    let span = max(highX - lowX, highY - lowY)
    let scale = span > 0 ? (side - 2 * inset) / span : 0
    var marks: [Mark] = [
      .rectangle(Rectangle(0, 0, side, side), fill: nil, stroke: Stroke(.rule))
    ]
    for point in points {
      let place = Point(
        side / 2 + (point.x - (lowX + highX) / 2) * scale,
        side / 2 - (point.y - (lowY + highY) / 2) * scale)
      marks.append(ClassStyle(point.classIndex).marker(at: place, size: marker))
    }
    let legend = legend(width: width, top: side + 8, ruler)
    return Figure(
      name: name, title: title, caption: caption, warnings: warnings,
      bodySize: Size(width, side + 8 + legend.height), body: marks + legend.marks, ruler: ruler)
  }

  private func legend(width: Double, top: Double, _ ruler: Ruler) -> (marks: [Mark], height: Double)
  {
    let entries = classes.enumerated().map { index, name in
      "\(name) (\(points.count { $0.classIndex == index }))"
    }
    let longest = (entries.map { ruler.width(of: $0, Style.axis) }.max() ?? 0) + 22
    let columns = max(1, min(entries.count, Int(width / longest)))
    let rows = (entries.count + columns - 1) / columns
    let columnWidth = width / Double(columns)
    var marks: [Mark] = []
    for (index, entry) in entries.enumerated() {
      let x = Double(index / rows) * columnWidth
      let y = top + Double(index % rows) * 11 + 5
      marks.append(ClassStyle(index).marker(at: Point(x + 5, y), size: 5.5))
      marks.append(
        ruler.line(
          entry, Style.axis, from: x + 13, to: x + columnWidth - 4,
          baseline: y + Style.axis.capHeight / 2))
    }
    return (marks, Double(rows) * 11 + 2)
  }
}
