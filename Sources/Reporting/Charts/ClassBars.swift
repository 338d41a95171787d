// Utterances per class as bars, with the published or expected number as a tick.

/// Class sizes.
package struct ClassBars: Chart {
  package var label: ChartLabel
  package var classes: [String]
  package var counts: [Int]
  package var published: [Int]?
  /// The word for a count that is met: "published" or "expected".
  package var origin: String

  package init(
    label: ChartLabel, classes: [String],
    counts: [Int], published: [Int]?, origin: String = "published"
  ) {
    self.label = label
    self.classes = classes
    self.counts = counts
    self.published = published
    self.origin = origin
  }

  /// Lays out the chart at the given width.
  package func plot(width: Double, ruler: Ruler) -> Plot {
    let rowHeight = 14.0
    let longest = classes.map { ruler.width(of: $0, Style.axis) }.max() ?? 0
    let left = min(longest + 8, width * 0.4)
    let right = width - 96
    let greatest = max(counts.max() ?? 0, published?.max() ?? 0, 1)
    func x(_ count: Int) -> Double { left + (right - left) * Double(count) / Double(greatest) }
    var marks: [Mark] = []
    for (index, name) in classes.enumerated() {
      let y = Double(index) * rowHeight
      let baseline = y + rowHeight / 2 + Style.axis.capHeight / 2
      marks.append(
        ruler.line(name, Style.axis, from: 0, to: left - 6, baseline: baseline, .trailing))
      marks.append(
        .rectangle(
          Rectangle(left, y + 2.5, x(counts[index]) - left, rowHeight - 5),
          fill: Color(hex: 0x2f7ab3), stroke: nil))
      var note = grouped(counts[index])
      if let expected = published?[index] {
        marks.append(
          .line(
            [Point(x(expected), y + 0.8), Point(x(expected), y + rowHeight - 0.8)],
            Stroke(.ink, 1.2)))
        note += expected == counts[index] ? " = \(origin)" : " of \(grouped(expected))"
      }
      marks.append(
        ruler.line(
          note, Style.axis,
          published.map { $0[index] != counts[index] } ?? false ? .alarm : .ink,
          from: right + 7, to: width, baseline: baseline))
    }
    marks.append(
      .line([Point(left, 0), Point(left, Double(classes.count) * rowHeight)], Stroke(.rule)))
    return Plot(Size(width, Double(classes.count) * rowHeight), marks)
  }
}
