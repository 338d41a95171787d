// One row per fold or speaker, with a marker per system, single seeds beside it, and recorded
// results as ticks. It shows which units are hard and whether the systems agree.

/// Scores of folds or speakers on a percentage scale.
package struct StripPlot: Chart {
  /// A fold or a speaker.
  package struct Row: Sendable {
    package var name: String
    /// For each system: the mean, and single seeds if known, as shares.
    package var systems: [(mean: Double?, single: [Double])]
    /// The recorded result of the same unit.
    package var baseline: Double?
    /// The interval of the first system, as shares.
    package var interval: (lower: Double, upper: Double)?

    package init(
      name: String, systems: [(mean: Double?, single: [Double])], baseline: Double? = nil,
      interval: (lower: Double, upper: Double)? = nil
    ) {
      (self.name, self.systems, self.baseline) = (name, systems, baseline)
      self.interval = interval
    }
  }

  package var label: ChartLabel
  /// The title above the scale, such as "UA, %".
  package var scale: String
  package var systems: [String]
  /// The name of the recorded result; nil if there is none.
  package var baseline: String?
  package var rows: [Row]

  package init(
    label: ChartLabel, scale: String, systems: [String], baseline: String?, rows: [Row]
  ) {
    (self.label, self.scale, self.systems) = (label, scale, systems)
    (self.baseline, self.rows) = (baseline, rows)
  }

  package func plot(width: Double, ruler: Ruler) -> Plot {
    let left = ruler.nameWidth(rows.map(\.name), of: width, share: 0.3)
    let rowHeight = max(6, min(13, 480 / Double(max(1, rows.count))))
    let area = Rectangle(left, 18, width - left - 44, rowHeight * Double(rows.count))
    let axis = axis
    var marks = ruler.rowNames(rows.map(\.name), width: left, top: 18, rowHeight: rowHeight)
    marks += ruler.horizontalScale(axis, area, title: scale)
    func x(_ share: Double) -> Double { axis.place(share * 100, area.x, area.right) }
    for (index, row) in rows.enumerated() {
      let y = area.y + (Double(index) + 0.5) * rowHeight
      let means = row.systems.compactMap(\.mean)
      if let low = means.min(), let high = means.max(), low < high {
        // Below an interval the line must be wider to be seen.
        let joint = Stroke(.rule, row.interval == nil ? 1 : 2.4)
        marks.append(.line([Point(x(low), y), Point(x(high), y)], joint))
      }
      if let interval = row.interval {
        let ends = [x(interval.lower), x(interval.upper)]
        let reach = min(2.2, rowHeight * 0.25)
        let stroke = Stroke(style(0).color.faded(0.7), 0.8)
        marks.append(.line(ends.map { Point($0, y) }, stroke))
        marks += ends.map { .line([Point($0, y - reach), Point($0, y + reach)], stroke) }
      }
      if let recorded = row.baseline {
        let reach = min(4.5, rowHeight * 0.45)
        marks.append(
          .line(
            [Point(x(recorded), y - reach), Point(x(recorded), y + reach)], Stroke(.alarm, 1.3)))
      }
      for (place, system) in row.systems.enumerated().reversed() {
        let style = style(place)
        let isBackground = isCrowded && place > 0
        marks += (isBackground ? [] : system.single).map {
          .marker(
            .circle, at: Point(x($0), y), size: 2.4, fill: style.color.faded(0.55), stroke: nil)
        }
        if let mean = system.mean {
          marks.append(style.marker(at: Point(x(mean), y), size: min(5.6, rowHeight * 0.6)))
        }
      }
      if let first = row.systems.first?.mean {
        let font = Font(min(Style.axis.size, rowHeight * 0.85))
        marks.append(
          ruler.line(
            inPercent(first), font, from: area.right + 8, to: width,
            baseline: y + font.capHeight / 2))
      }
    }
    let legend = legend(width, area.bottom + 18, ruler)
    return Plot(Size(width, area.bottom + 18 + legend.height), marks + legend.marks)
  }

  /// Of many systems only the first is highlighted.
  private var isCrowded: Bool { systems.count > ClassStyle.distinct }

  private func style(_ place: Int) -> ClassStyle {
    isCrowded && place > 0 ? .background : systemStyle(place)
  }

  private func legend(_ width: Double, _ top: Double, _ ruler: Ruler)
    -> (marks: [Mark], height: Double)
  {
    let names = isCrowded ? [systems[0], "the other \(systems.count - 1) systems"] : systems
    var legend = MarkerLegend(entries: names.enumerated().map { ($1, style($0)) })
      .laidOut(width: width, top: top, ruler)
    if let baseline {
      let y = top + legend.height + 4
      legend.marks += [
        .line([Point(5, y - 4), Point(5, y + 4)], Stroke(.alarm, 1.3)),
        ruler.line(
          "recorded: \(baseline)", Style.axis, from: 13, to: width,
          baseline: y + Style.axis.capHeight / 2),
      ]
      legend.height += 11
    }
    return legend
  }

  private var axis: Axis {
    let values = rows.flatMap { row in
      row.systems.flatMap { $0.single + [$0.mean].compactMap { $0 } }
        + [row.baseline, row.interval?.lower, row.interval?.upper].compactMap { $0 }
    }.filter(\.isFinite)
    guard let low = values.min(), let high = values.max() else {
      return Axis(from: 0, to: 100, steps: 4)
    }
    let top = min(100, max(high * 100, 8))
    return Axis(from: max(0, min(low * 100, top - 8)), to: top, steps: 5)
  }
}
