// Recall by class as bars with intervals, with the systems stacked.

/// Class recalls with their intervals.
package struct RecallBars: Chart {
  /// A class with one bar per system; nil if the class has no utterance.
  package struct Row: Sendable {
    package var name: String
    package var support: Int
    package var bars: [Bar?]

    package init(name: String, support: Int, bars: [Bar?]) {
      (self.name, self.support, self.bars) = (name, support, bars)
    }
  }

  /// A share and its interval, 0 … 1.
  package struct Bar: Sendable {
    package var value: Double
    package var lower: Double?
    package var upper: Double?

    package init(value: Double, lower: Double?, upper: Double?) {
      (self.value, self.lower, self.upper) = (value, lower, upper)
    }
  }

  package var label: ChartLabel
  package var systems: [String]
  package var rows: [Row]
  /// The title above the scale.
  package var scale: String

  package init(label: ChartLabel, systems: [String], rows: [Row], scale: String = "recall, %") {
    (self.label, self.systems, self.rows) = (label, systems, rows)
    self.scale = scale
  }

  package func plot(width: Double, ruler: Ruler) -> Plot {
    let names = rows.map { "\($0.name) (\(grouped($0.support)))" }
    let left = ruler.nameWidth(names, of: width, share: 0.36)
    let bar = max(2.4, min(8, 480 / Double(max(1, rows.count * systems.count))))
    // A long name takes several lines.
    let lines = names.map { ruler.lines(of: $0, Style.axis, width: left - 6).count }.max() ?? 1
    let rowHeight = max(
      10, bar * Double(systems.count) + 5, 1.2 * Style.axis.size * Double(lines) + 2)
    let area = Rectangle(left, 18, width - left - 34, rowHeight * Double(rows.count))
    let axis = Axis(from: 0, to: 100, steps: 5)
    func x(_ share: Double) -> Double {
      axis.place(min(1, max(0, share)) * 100, area.x, area.right)
    }
    var marks = ruler.rowNames(names, width: left, top: 18, rowHeight: rowHeight)
    marks += ruler.horizontalScale(axis, area, title: scale)
    for (index, row) in rows.enumerated() {
      let top = area.y + Double(index) * rowHeight + (rowHeight - bar * Double(row.bars.count)) / 2
      for (place, value) in row.bars.enumerated() {
        let y = top + Double(place) * bar
        let font = Font(min(6.5, bar * 1.05))
        guard let value else {
          marks.append(
            ruler.line(
              "–", font, .quiet, from: area.x + 3, to: area.x + 20,
              baseline: y + bar / 2 + font.capHeight / 2))
          continue
        }
        let style = systemStyle(place)
        marks.append(
          .rectangle(
            Rectangle(area.x, y + 0.5, x(value.value) - area.x, bar - 1),
            fill: style.color.mixed(with: .paper, 0.35), stroke: nil))
        if let lower = value.lower, let upper = value.upper {
          let middle = y + bar / 2
          marks.append(
            .line([Point(x(lower), middle), Point(x(upper), middle)], Stroke(.ink, 0.8)))
          for end in [lower, upper] {
            marks.append(
              .line(
                [Point(x(end), middle - bar * 0.25), Point(x(end), middle + bar * 0.25)],
                Stroke(.ink, 0.8)))
          }
        }
        marks.append(
          style.marker(at: Point(x(value.value), y + bar / 2), size: min(4.4, bar * 0.7)))
        if bar >= 6 {
          marks.append(
            ruler.line(
              inPercent(value.value), font, from: area.right + 6, to: width,
              baseline: y + bar / 2 + font.capHeight / 2))
        }
      }
    }
    let legend = MarkerLegend(entries: systems.enumerated().map { ($1, systemStyle($0)) })
      .laidOut(width: width, top: area.bottom + 18, ruler)
    return Plot(Size(width, area.bottom + 18 + legend.height), marks + legend.marks)
  }
}
