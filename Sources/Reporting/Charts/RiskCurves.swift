// Risk against coverage: how often a system is wrong when it answers only the utterances that it is
// most sure of.

/// One curve per system.
package struct RiskCurves: Chart {
  package var label: ChartLabel
  /// Each system with its risks at 1, 2, … 100 percent coverage, as shares.
  package var systems: [(name: String, risks: [Double])]

  package init(label: ChartLabel, systems: [(name: String, risks: [Double])]) {
    (self.label, self.systems) = (label, systems)
  }

  /// A few utterances give no stable share of errors. The curves start here, in percent.
  private static let start = 5

  package func plot(width: Double, ruler: Ruler) -> Plot {
    let area = Rectangle(34, 18, min(width, 380) - 44, min(width, 380) * 0.5)
    let (across, up) = (Axis(from: 0, to: 100, steps: 5), axis)
    var marks = ruler.verticalScale(up, area)
    marks.append(
      ruler.line(
        "errors among the answered, %", Style.axisBold, from: area.x, to: area.right,
        baseline: area.y - 7))
    for tick in across.ticks {
      let x = across.place(tick, area.x, area.right)
      marks.append(
        ruler.line(
          across.label(tick), Style.axis, .quiet, from: x - 14, to: x + 14,
          baseline: area.bottom + 10, .centre))
    }
    marks += [
      ruler.line(
        "coverage, %", Style.axis, .quiet, from: area.x, to: area.right,
        baseline: area.bottom + 20, .centre),
      .line([Point(area.x, area.bottom), Point(area.right, area.bottom)], Stroke(.rule)),
    ]
    let isCrowded = systems.count > ClassStyle.distinct
    for (index, system) in systems.enumerated().reversed() {
      let style = isCrowded && index > 0 ? ClassStyle.background : systemStyle(index)
      let places = system.risks.enumerated().dropFirst(Self.start - 1).map { place, risk in
        Point(
          across.place(Double(place + 1), area.x, area.right),
          up.place(risk * 100, area.bottom, area.y))
      }
      marks.append(.line(places, Stroke(style.color, isCrowded && index > 0 ? 0.7 : 1.4)))
      guard !isCrowded || index == 0 else { continue }
      // A marker every 20 percent tells curves apart without colours.
      marks += stride(from: 20, through: 100, by: 20).compactMap { percent in
        places.indices.contains(percent - Self.start)
          ? style.marker(at: places[percent - Self.start], size: 5) : nil
      }
    }
    let names =
      isCrowded
      ? [
        (systems[0].name, systemStyle(0)), ("the other \(systems.count - 1) systems", .background),
      ]
      : systems.enumerated().map { ($1.name, systemStyle($0)) }
    let legend = MarkerLegend(entries: names)
      .laidOut(width: width, top: area.bottom + 28, ruler)
    return Plot(Size(width, area.bottom + 28 + legend.height), marks + legend.marks)
  }

  private var axis: Axis {
    let all = systems.flatMap { $0.risks.dropFirst(Self.start - 1) }
    return Axis(from: 0, to: max(1, (all.max() ?? 1) * 100), steps: 5)
  }
}
