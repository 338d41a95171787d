// Reliability diagrams: how many of the predictions with a given confidence were correct?
package import Evaluation

/// One diagram per system. More than six systems are drawn small: a curve without bars.
package struct ReliabilityPanels: Chart {
  /// The greatest number of systems with large diagrams.
  static let mostLarge = 6

  package var label: ChartLabel
  /// Each system with the number of its seeds and the calibration over all of them.
  package var systems: [System]
  package typealias System = (name: String, seeds: Int, calibration: Calibration)

  /// Number of confidence bins.
  package var bins: Int

  package init(
    label: ChartLabel, systems: [System], bins: Int = 15
  ) {
    (self.label, self.systems, self.bins) = (label, systems, bins)
  }

  package func plot(width: Double, ruler: Ruler) -> Plot {
    systems.count > Self.mostLarge ? small(width, ruler) : large(width, ruler)
  }

  /// Curves in a grid that shares its scales.
  private func small(_ width: Double, _ ruler: Ruler) -> Plot {
    let (gap, left, head) = (8.0, 26.0, 22.0)
    let fitting = max(1, Int((width - left + gap) / (52 + gap)))
    let across = {
      let rows = (systems.count + fitting - 1) / fitting
      return (systems.count + rows - 1) / rows
    }()
    let side = (width - left - gap * Double(across - 1)) / Double(across)
    let rows = (systems.count + across - 1) / across
    let axis = Axis(from: 0, to: 1, steps: 2)
    var marks: [Mark] = []
    for (index, system) in systems.enumerated() {
      let (column, row) = (index % across, index / across)
      let area = Rectangle(
        left + Double(column) * (side + gap), Double(row) * (side + head) + head, side, side)
      let total = system.calibration.bins.reduce(0) { $0 + $1.count }
      marks += [
        ruler.line(
          system.name, Style.axisBold, from: area.x, to: area.right, baseline: area.y - 12),
        ruler.line(
          "ECE \(inPercent(system.calibration.expectedError)) %", Style.axis, .quiet, from: area.x,
          to: area.right, baseline: area.y - 3),
        .rectangle(area, fill: nil, stroke: Stroke(.rule)),
        .line(
          [Point(area.x, area.bottom), Point(area.right, area.y)],
          Stroke(.alarm, 0.7, dashes: [2, 2])),
      ]
      if column == 0 { marks += ruler.verticalScale(axis, area) }
      if index + across >= systems.count {
        marks += [
          ruler.line(
            axis.label(0), Style.axis, .quiet, from: area.x, to: area.right,
            baseline: area.bottom + 9),
          ruler.line(
            axis.label(1), Style.axis, .quiet, from: area.x, to: area.right,
            baseline: area.bottom + 9, .trailing),
        ]
      }
      let places = system.calibration.bins.map { bin in
        (
          Point(
            axis.place(bin.confidence, area.x, area.right),
            axis.place(bin.accuracy, area.bottom, area.y)),
          Double(bin.count) / Double(max(1, total))
        )
      }
      marks.append(.line(places.map(\.0), Stroke(Color(hex: 0x1f66a0), 0.8)))
      for (place, share) in places {
        // The area of a dot is the share of the predictions.
        marks.append(
          .marker(
            .circle, at: place, size: 1.5 + 6 * share.squareRoot(), fill: Color(hex: 0x082f5c),
            stroke: nil))
      }
    }
    return Plot(Size(width, Double(rows) * (side + head) + 14), marks)
  }

  /// Bars with the number of predictions below.
  private func large(_ width: Double, _ ruler: Ruler) -> Plot {
    let fitting = max(1, min(3, Int((width + Style.gutter) / 140)))
    let across = max(1, min(fitting, systems.count))
    let panelWidth = min(
      220, (width - Style.gutter * Double(across - 1)) / Double(across))
    let side = panelWidth - 34
    let panelHeight = side + 74
    var marks: [Mark] = []
    for (index, system) in systems.enumerated() {
      let x = Double(index % across) * (panelWidth + Style.gutter) + 30
      let y = Double(index / across) * panelHeight + 16
      marks += draw(system, Rectangle(x, y, side, side), ruler)
    }
    let rows = (systems.count + across - 1) / across
    return Plot(Size(width, Double(rows) * panelHeight), marks)
  }

  private func draw(_ system: System, _ area: Rectangle, _ ruler: Ruler) -> [Mark] {
    let axis = Axis(from: 0, to: 1, steps: 5)
    let (calibration, seeds) = (system.calibration, max(1, system.seeds))
    let total = calibration.bins.reduce(0) { $0 + $1.count }
    let number = grouped(total / seeds) + (seeds == 1 ? "" : " × \(seeds) seeds")
    let named = ruler.width(of: "share right", Style.axis)
    var marks: [Mark] = [
      ruler.line(
        "\(system.name): ECE \(inPercent(calibration.expectedError)) %, n = \(number)",
        Style.axisBold, from: area.x - 30, to: area.right, baseline: area.y - 6),
      .text(
        "share right", at: Point(area.x - 22, area.centre.y + named / 2), Style.axis, .quiet,
        turned: true),
    ]
    marks += ruler.verticalScale(axis, area)
    let step = area.width / Double(bins)
    let most = calibration.bins.map(\.count).max() ?? 1
    let foot = Rectangle(area.x, area.bottom + 6, area.width, 22)
    for bin in calibration.bins {
      let left = area.x + Double(bin.index) * step
      let top = axis.place(bin.accuracy, area.bottom, area.y)
      marks.append(
        .rectangle(
          Rectangle(left + 0.4, top, step - 0.8, area.bottom - top),
          fill: Color(hex: 0x78acd2), stroke: Stroke(Color(hex: 0x1f66a0), 0.5)))
      let place = Point(
        axis.place(bin.confidence, area.x, area.right),
        axis.place(bin.accuracy, area.bottom, area.y))
      marks.append(
        .marker(.circle, at: place, size: 3.2, fill: Color(hex: 0x082f5c), stroke: nil))
      let height = foot.height * Double(bin.count) / Double(most)
      marks.append(
        .rectangle(
          Rectangle(left + 0.4, foot.bottom - height, step - 0.8, height), fill: .rule, stroke: nil)
      )
    }
    marks.append(
      .line(
        [Point(area.x, area.bottom), Point(area.right, area.y)],
        Stroke(.alarm, 0.9, dashes: [3, 2])))
    for edge in [area, foot] {
      marks.append(
        .line([Point(edge.x, edge.bottom), Point(edge.right, edge.bottom)], Stroke(.rule)))
    }
    for tick in axis.ticks {
      let x = axis.place(tick, area.x, area.right)
      marks.append(
        ruler.line(
          axis.label(tick), Style.axis, .quiet, from: x - 14, to: x + 14, baseline: foot.bottom + 9,
          .centre))
    }
    marks += [
      ruler.line(
        "confidence", Style.axis, .quiet, from: area.x, to: area.right, baseline: foot.bottom + 19,
        .centre),
      ruler.line(
        grouped(most), Style.axis, .quiet, from: foot.x - 30, to: foot.x - 4,
        baseline: foot.y + Style.axis.capHeight, .trailing),
      ruler.line(
        "0", Style.axis, .quiet, from: foot.x - 30, to: foot.x - 4, baseline: foot.bottom, .trailing
      ),
    ]
    return marks
  }
}
