// Dots on a percentage scale, in panels side by side: single runs, their mean, recorded results.

/// Scores as dots, one row per system.
package struct DotPlot: Chart {
  /// One row. A row without values in any panel is a group heading.
  package struct Row: Sendable {
    package var label: String
    package var isHead: Bool
    package var isBaseline: Bool
    /// For each panel: single values, and the highlighted mean and deviation, as shares.
    package var values: [Values]

    package init(label: String, isHead: Bool = false, isBaseline: Bool = false, values: [Values]) {
      self.label = label
      self.isHead = isHead
      self.isBaseline = isBaseline
      self.values = values
    }
  }

  /// The dots of a row in one panel.
  package struct Values: Sendable {
    package var single: [Double]
    package var mean: Double?
    package var deviation: Double?

    package init(single: [Double] = [], mean: Double?, deviation: Double? = nil) {
      self.single = single
      self.mean = mean
      self.deviation = deviation
    }
  }

  package var label: ChartLabel
  /// Titles of the panels.
  package var panels: [String]
  package var rows: [Row]

  package init(
    label: ChartLabel, panels: [String], rows: [Row]
  ) {
    self.label = label
    self.panels = panels
    self.rows = rows
  }

  /// Lays out the chart at the given width.
  package func plot(width: Double, ruler: Ruler) -> Plot {
    let left = min(
      (rows.map { ruler.width(of: $0.label, Style.axis) }.max() ?? 0) + 20, width * 0.34)
    let gap = 44.0
    // On narrow paper, panels are stacked.
    let across = width < 400 ? 1 : max(1, panels.count)
    let panelWidth = (width - left - gap * Double(across)) / Double(across)
    let names = rows.filter { !$0.isHead }.map {
      ruler.lines(of: $0.label, Style.axis, width: left - 16).count
    }
    // Rows grow with their names if there are few.
    let most = rows.count > 24 ? 1 : min(3, names.max() ?? 1)
    let rowHeight = max(
      6, min(13.5, 620 / Double(max(1, rows.count))), most > 1 ? 8.4 * Double(most) + 3 : 0)
    let top = 18.0
    let height = rowHeight * Double(rows.count)
    let axis = axis
    var marks: [Mark] = []
    for (index, panel) in panels.enumerated() {
      let above = top + Double(index / across) * (height + top + 18)
      if index % across == 0 { marks += labels(left, rowHeight, above, width, ruler) }
      let area = Rectangle(
        left + Double(index % across) * (panelWidth + gap), above, panelWidth, height)
      marks += ruler.horizontalScale(axis, area, title: panel)
      for (number, row) in rows.enumerated() where row.values.indices.contains(index) {
        let y = above + (Double(number) + 0.5) * rowHeight
        marks += dots(row.values[index], y, area, axis, isBaseline: row.isBaseline, ruler)
      }
    }
    let down = Double((panels.count + across - 1) / across)
    return Plot(Size(width, down * (height + top + 18) - 2), marks)
  }

  /// The common scale of all panels, in percent.
  private var axis: Axis {
    var low = 1.0
    var high = 0.0
    for value in rows.flatMap(\.values) {
      let deviation = value.deviation ?? 0
      let means = value.mean.map { [$0 - deviation, $0 + deviation] } ?? []
      for bound in value.single + means {
        low = min(low, bound)
        high = max(high, bound)
      }
    }
    guard low <= high else { return Axis(from: 0, to: 100, steps: 4) }
    // At least eight points wide and within 0 … 100, even if all dots coincide.
    let top = min(100, max(high * 100, 8))
    return Axis(from: max(0, min(low * 100, top - 8)), to: top, steps: 4)
  }

  private func labels(
    _ left: Double, _ rowHeight: Double, _ top: Double, _ width: Double, _ ruler: Ruler
  ) -> [Mark] {
    rows.enumerated().flatMap { index, row in
      ruler.rowName(
        row.label, row.isHead ? Style.axisBold : Style.axis,
        row.isBaseline ? .quiet : .ink, from: row.isHead ? 0 : 8,
        to: row.isHead ? width : left - 8, middle: top + (Double(index) + 0.5) * rowHeight,
        rowHeight: rowHeight)
    }
  }

  private func dots(
    _ values: Values, _ y: Double, _ area: Rectangle, _ axis: Axis, isBaseline: Bool,
    _ ruler: Ruler
  ) -> [Mark] {
    var marks: [Mark] = []
    func x(_ share: Double) -> Double { axis.place(share * 100, area.x, area.right) }
    if let mean = values.mean, let deviation = values.deviation {
      marks.append(
        .line(
          [Point(x(max(0, mean - deviation)), y), Point(x(min(1, mean + deviation)), y)],
          Stroke(.accent, 1)))
    }
    for value in values.single {
      marks.append(
        .marker(
          .circle, at: Point(x(value), y), size: 4.2, fill: Color.accent.faded(0.35), stroke: nil))
    }
    if let mean = values.mean {
      marks.append(
        isBaseline
          ? .marker(
            .diamond, at: Point(x(mean), y), size: 6, fill: .paper, stroke: Stroke(.alarm, 1.1))
          : .marker(
            .circle, at: Point(x(mean), y), size: 6.6, fill: .accent, stroke: Stroke(.paper, 0.6)))
      marks.append(
        ruler.line(
          inPercent(mean), isBaseline ? Style.axis : Style.axisBold, isBaseline ? .quiet : .ink,
          from: area.right + 6, to: area.right + 36, baseline: y + Style.axis.capHeight / 2))
    }
    return marks
  }
}
