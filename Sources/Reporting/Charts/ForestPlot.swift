// Differences with intervals, one row each, around a line at zero: the ablations at a glance.

/// Differences of systems in percentage points.
package struct ForestPlot: Chart {
  /// A comparison: several intervals of one difference, stacked.
  package struct Row: Sendable {
    package var name: String
    package var bars: [Bar]

    package init(name: String, bars: [Bar]) { (self.name, self.bars) = (name, bars) }
  }

  /// A difference with its interval, in shares.
  package struct Bar: Sendable {
    package var value: Double?
    package var lower: Double?
    package var upper: Double?

    package init(value: Double?, lower: Double?, upper: Double?) {
      (self.value, self.lower, self.upper) = (value, lower, upper)
    }
  }

  package var label: ChartLabel
  /// The kinds of bars in each row, in order.
  package var kinds: [String]
  /// The title above the scale, such as "UA, points".
  package var scale: String
  package var rows: [Row]

  package init(label: ChartLabel, kinds: [String], scale: String, rows: [Row]) {
    (self.label, self.kinds, self.scale, self.rows) = (label, kinds, scale, rows)
  }

  package func plot(width: Double, ruler: Ruler) -> Plot {
    let left = ruler.nameWidth(rows.map(\.name), of: width, share: 0.3)
    let numbers = 86.0
    let rowHeight = max(14, 10.5 * Double(max(1, kinds.count)) + 3)
    let area = Rectangle(left, 18, width - left - numbers, rowHeight * Double(rows.count))
    let axis = axis
    var marks = ruler.rowNames(rows.map(\.name), width: left, top: 18, rowHeight: rowHeight)
    marks += ruler.horizontalScale(axis, area, title: scale)
    let zero = axis.place(0, area.x, area.right)
    marks.append(
      .line([Point(zero, area.y - 2), Point(zero, area.bottom + 2)], Stroke(.ink, 0.9)))
    for (index, row) in rows.enumerated() {
      let top = area.y + Double(index) * rowHeight
      if index > 0 {
        marks.append(.line([Point(0, top), Point(width, top)], Stroke(.grid, 0.4)))
      }
      let step = rowHeight / Double(max(1, row.bars.count))
      for (place, bar) in row.bars.enumerated() {
        marks += draw(bar, place, y: top + (Double(place) + 0.5) * step, area, axis, ruler)
      }
    }
    guard kinds.count > 1 else { return Plot(Size(width, area.bottom + 16), marks) }
    let legend = MarkerLegend(entries: kinds.enumerated().map { ($1, systemStyle($0)) })
      .laidOut(width: width, top: area.bottom + 18, ruler)
    return Plot(Size(width, area.bottom + 18 + legend.height), marks + legend.marks)
  }

  /// The scale in points. It always includes zero.
  private var axis: Axis {
    let bounds = rows.flatMap(\.bars).flatMap { [$0.value, $0.lower, $0.upper] }.compactMap { $0 }
      .filter(\.isFinite)
    let (low, high) = ((bounds.min() ?? 0) * 100, (bounds.max() ?? 0) * 100)
    return Axis(from: min(low, -1), to: max(high, 1), steps: 6)
  }

  private func draw(
    _ bar: Bar, _ kind: Int, y: Double, _ area: Rectangle, _ axis: Axis, _ ruler: Ruler
  ) -> [Mark] {
    let baseline = y + Style.axis.capHeight / 2
    guard let value = bar.value, value.isFinite else {
      return [
        ruler.line(
          "not run", Style.axis, .quiet, from: area.right + 6, to: area.right + 86,
          baseline: baseline)
      ]
    }
    func x(_ share: Double) -> Double { axis.place(share * 100, area.x, area.right) }
    let style = systemStyle(kind)
    var marks: [Mark] = []
    var words = points(value)
    if let lower = bar.lower, let upper = bar.upper, lower.isFinite, upper.isFinite {
      marks.append(.line([Point(x(lower), y), Point(x(upper), y)], Stroke(style.color, 1.3)))
      for end in [lower, upper] {
        marks.append(
          .line([Point(x(end), y - 2.2), Point(x(end), y + 2.2)], Stroke(style.color, 1)))
      }
      words += " (\(points(lower)) to \(points(upper)))"
    }
    marks.append(style.marker(at: Point(x(value), y), size: 5.6))
    marks.append(
      ruler.line(words, Style.axis, from: area.right + 6, to: area.right + 86, baseline: baseline))
    return marks
  }
}
