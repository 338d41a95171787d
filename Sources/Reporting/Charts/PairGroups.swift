// Which systems cannot be told apart: all systems in order, and a bar for each group whose members
// cannot be told from one another. It is a critical-difference diagram for tests of every pair.

/// Systems by their figure, with bars that join groups.
package struct PairGroups: Chart {
  /// One metric.
  package struct Panel: Sendable {
    /// The title above the scale, such as "UA, %".
    package var scale: String
    /// The systems, best first, with their figures as shares.
    package var systems: [(name: String, value: Double)]
    /// The members of each group, as ascending places in `systems`.
    package var groups: [[Int]]

    package init(
      scale: String, systems: [(name: String, value: Double)], groups: [[Int]]
    ) {
      (self.scale, self.systems, self.groups) = (scale, systems, groups)
    }
  }

  package var label: ChartLabel
  /// The system whose name is set in bold.
  package var reference: String
  package var panels: [Panel]

  package init(label: ChartLabel, reference: String, panels: [Panel]) {
    (self.label, self.reference, self.panels) = (label, reference, panels)
  }

  package func plot(width: Double, ruler: Ruler) -> Plot {
    let across = width < 400 ? 1 : max(1, min(2, panels.count))
    let panelWidth = (width - Style.gutter * Double(across - 1)) / Double(across)
    let height = (panels.map(\.systems.count).max() ?? 0) > 0 ? tallest + 34 : 0
    var marks: [Mark] = []
    for (index, panel) in panels.enumerated() {
      let (x, y) = (
        Double(index % across) * (panelWidth + Style.gutter), Double(index / across) * height
      )
      marks += draw(panel, panelWidth, ruler).map { $0.moved(x, y) }
    }
    let rows = (panels.count + across - 1) / across
    return Plot(Size(width, Double(rows) * height), marks)
  }

  private let rowHeight = 13.0
  private var tallest: Double {
    rowHeight * Double(panels.map(\.systems.count).max() ?? 0)
  }

  private func draw(_ panel: Panel, _ width: Double, _ ruler: Ruler) -> [Mark] {
    let left = ruler.nameWidth(panel.systems.map(\.name), of: width, share: 0.36)
    let numbers = 26.0
    let step = min(9, width * 0.3 / Double(max(1, panel.groups.count)))
    let bars = max(step * Double(panel.groups.count), 30)
    let area = Rectangle(
      left, 18, width - left - numbers - bars - 6, rowHeight * Double(panel.systems.count))
    let values = panel.systems.map { $0.value * 100 }
    let axis = Axis(from: values.min() ?? 0, to: values.max() ?? 100, steps: 4)
    var marks = ruler.horizontalScale(axis, area, title: panel.scale)
    for (row, system) in panel.systems.enumerated() {
      let y = area.y + (Double(row) + 0.5) * rowHeight
      let isReference = system.name == reference
      let font = isReference ? Style.axisBold : Style.axis
      let baseline = y + font.capHeight / 2
      marks += [
        ruler.line(
          system.name, font, from: 0, to: left - 6, baseline: baseline, .trailing),
        .marker(
          .circle, at: Point(axis.place(system.value * 100, area.x, area.right), y), size: 5,
          fill: isReference ? .accent : .quiet, stroke: nil),
        ruler.line(
          inPercent(system.value), font, from: area.right + 6, to: area.right + 6 + numbers,
          baseline: baseline),
      ]
    }
    let start = area.right + numbers + 10
    for (place, group) in panel.groups.enumerated() {
      let x = start + (Double(place) + 0.5) * step
      func at(_ row: Int) -> Point { Point(x, area.y + (Double(row) + 0.5) * rowHeight) }
      for (row, next) in zip(group, group.dropFirst()) {
        // A dashed line passes systems that are not in the group.
        marks.append(
          .line(
            [at(row), at(next)],
            next == row + 1 ? Stroke(.ink, 2) : Stroke(.quiet, 0.8, dashes: [1.5, 1.5])))
      }
      marks += group.map {
        .marker(.circle, at: at($0), size: min(4, step * 0.7), fill: .ink, stroke: nil)
      }
    }
    if panel.groups.isEmpty {
      marks.append(
        ruler.line(
          "none", Style.axis, .quiet, from: start, to: width, baseline: area.y + rowHeight * 0.7))
    }
    return marks
  }
}
