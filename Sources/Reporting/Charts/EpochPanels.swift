// Held-out accuracy epoch by epoch, one small panel per system with common scales.
package import Evaluation

/// Accuracies after each epoch: the mean over cells as a line, their range as a band.
package struct EpochPanels: Chart {
  package var label: ChartLabel
  package var systems: [(name: String, courses: [EpochCourse])]

  package init(label: ChartLabel, systems: [(name: String, courses: [EpochCourse])]) {
    (self.label, self.systems) = (label, systems)
  }

  package func plot(width: Double, ruler: Ruler) -> Plot {
    let (gap, left, head) = (8.0, 28.0, 12.0)
    let most = width < 400 ? 2 : systems.count > 6 ? 4 : 3
    let across = max(1, min(most, systems.count))
    let panelWidth = min(
      220, (width - left - 3 - gap * Double(across - 1)) / Double(across))
    let panelHeight = min(panelWidth * 0.7, 110)
    let rows = (systems.count + across - 1) / across
    let step = panelHeight + head + 16
    var marks: [Mark] = []
    for (index, system) in systems.enumerated() {
      let (column, row) = (index % across, index / across)
      let area = Rectangle(
        left + Double(column) * (panelWidth + gap), Double(row) * step + head, panelWidth,
        panelHeight)
      marks.append(
        ruler.line(
          system.name, Style.axisBold, from: area.x, to: area.right, baseline: area.y - 4))
      marks += draw(system.courses, area, isFirst: column == 0, ruler)
    }
    let bottom = Double(rows) * step
    marks.append(
      ruler.line(
        "epoch", Style.axis, .quiet, from: left, to: left + panelWidth, baseline: bottom + 5,
        .centre))
    let legend = MarkerLegend(entries: parts.map { ($0.name, Self.style($0)) })
      .laidOut(width: width, top: bottom + 12, ruler)
    return Plot(Size(width, bottom + 12 + legend.height), marks + legend.marks)
  }

  /// The parts that occur, in their order.
  private var parts: [EpochCourse.Part] {
    EpochCourse.Part.allCases.filter { part in
      systems.contains { $0.courses.contains { $0.part == part } }
    }
  }

  private static func style(_ part: EpochCourse.Part) -> ClassStyle {
    systemStyle(EpochCourse.Part.allCases.firstIndex(of: part) ?? 0)
  }

  private func draw(
    _ courses: [EpochCourse], _ area: Rectangle, isFirst: Bool, _ ruler: Ruler
  ) -> [Mark] {
    let (up, last) = (axis, max(1, systems.flatMap(\.courses).map(\.epochs.count).max() ?? 1))
    func x(_ epoch: Int) -> Double {
      last == 1 ? area.centre.x : area.x + area.width * Double(epoch - 1) / Double(last - 1)
    }
    func y(_ share: Double) -> Double { up.place(share * 100, area.bottom, area.y) }
    var marks: [Mark] = up.ticks.map {
      let height = up.place($0, area.bottom, area.y)
      return .line([Point(area.x, height), Point(area.right, height)], Stroke(.grid, 0.5))
    }
    if isFirst { marks += ruler.verticalScale(up, area) }
    for course in courses {
      let color = Self.style(course.part).color
      let upper = course.epochs.enumerated().map { Point(x($0 + 1), y($1.greatest)) }
      let lower = course.epochs.enumerated().map { Point(x($0 + 1), y($1.least)) }
      if course.cells > 1, upper.count > 1 {
        marks.append(.area(upper + lower.reversed(), fill: color.faded(0.14), stroke: nil))
      }
    }
    for course in courses {
      let style = Self.style(course.part)
      let places = course.epochs.enumerated().map { Point(x($0 + 1), y($1.mean)) }
      if places.count > 1 {
        let dashes: [Double] = course.part == .scored ? [] : [3, 1.5]
        marks.append(.line(places, Stroke(style.color, 1.1, dashes: dashes)))
      }
      if let end = places.last { marks.append(style.marker(at: end, size: 4.2)) }
    }
    marks.append(
      .line([Point(area.x, area.bottom), Point(area.right, area.bottom)], Stroke(.rule)))
    for epoch in last == 1 ? [1] : [1, last] {
      let (low, high) = (max(area.x, x(epoch) - 12), min(area.right, x(epoch) + 12))
      marks.append(
        ruler.line(
          "\(epoch)", Style.axis, .quiet, from: low, to: high, baseline: area.bottom + 9,
          last == 1 ? .centre : epoch == 1 ? .leading : .trailing))
    }
    return marks
  }

  /// The common scale, in percent.
  private var axis: Axis {
    let all = systems.flatMap(\.courses).flatMap(\.epochs)
    let (low, high) = (
      100 * (all.map(\.least).min() ?? 0), 100 * (all.map(\.greatest).max() ?? 1)
    )
    return Axis(from: max(0, low), to: min(100, max(high, low + 8)), steps: 4)
  }
}

extension EpochCourse.Part {
  /// The name in a legend.
  var name: String {
    switch self {
    case .scored: "test utterances"
    case .heldOut: "held-out speakers"
    case .scoredBeside: "test, trained without them"
    }
  }
}
