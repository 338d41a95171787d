// Reliability diagrams: how many of the predictions with a given confidence were correct? Bins with
// few predictions say little. They are hatched, or left out of small diagrams.
package import Evaluation
import Statistics

/// One diagram per system. More than six systems are drawn small: a curve without bars.
package struct ReliabilityPanels: Chart {
  /// The greatest number of systems with large diagrams.
  static let mostLarge = 6

  package var label: ChartLabel
  package var systems: [ConfidenceAnalysis]

  package init(label: ChartLabel, systems: [ConfidenceAnalysis]) {
    (self.label, self.systems) = (label, systems)
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
      let total = system.bins.reduce(0) { $0 + $1.count }
      marks += [
        ruler.line(
          system.system, Style.axisBold, from: area.x, to: area.right, baseline: area.y - 12),
        ruler.line(
          "ECE \(inPercent(system.expectedError.value)) %", Style.axis, .quiet, from: area.x,
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
      let shown = system.bins.filter { !$0.isSparse }
      let places = shown.map { bin in
        (
          Point(
            axis.place(bin.confidence, area.x, area.right),
            axis.place(bin.accuracy, area.bottom, area.y)),
          Double(bin.count) / Double(max(1, total))
        )
      }
      marks += shown.flatMap { bar($0, area, axis, Stroke(Color(hex: 0x1f66a0).faded(0.6), 0.7)) }
      if places.count > 1 {
        marks.append(.line(places.map(\.0), Stroke(Color(hex: 0x1f66a0), 0.8)))
      }
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

  /// The interval of a bin's accuracy, at its mean confidence.
  private func bar(_ bin: ReliabilityBin, _ area: Rectangle, _ axis: Axis, _ stroke: Stroke)
    -> [Mark]
  {
    guard let interval = bin.interval else { return [] }
    let x = axis.place(bin.confidence, area.x, area.right)
    return [
      .line(
        [interval.lower, interval.upper].map {
          Point(x, axis.place($0, area.bottom, area.y))
        }, stroke)
    ]
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

  private func draw(_ system: ConfidenceAnalysis, _ area: Rectangle, _ ruler: Ruler) -> [Mark] {
    let axis = Axis(from: 0, to: 1, steps: 5)
    let number =
      grouped(system.utterances) + (system.seeds == 1 ? "" : " × \(system.seeds) seeds")
    let named = ruler.width(of: "share right", Style.axis)
    var marks: [Mark] = [
      ruler.line(
        "\(system.system): ECE \(inPercent(system.expectedError.value)) %, n = \(number)",
        Style.axisBold, from: area.x - 30, to: area.right, baseline: area.y - 6),
      .text(
        "share right", at: Point(area.x - 22, area.centre.y + named / 2), Style.axis, .quiet,
        turned: true),
    ]
    marks += ruler.verticalScale(axis, area)
    let step = area.width / Double(ConfidenceAnalysis.bins)
    let most = system.bins.map(\.count).max() ?? 1
    let foot = Rectangle(area.x, area.bottom + 6, area.width, 22)
    for bin in system.bins {
      let left = area.x + Double(bin.index) * step
      let top = axis.place(bin.accuracy, area.bottom, area.y)
      let own = Rectangle(left + 0.4, top, step - 0.8, area.bottom - top)
      marks.append(
        .rectangle(
          own, fill: bin.isSparse ? nil : Color(hex: 0x78acd2),
          stroke: Stroke(Color(hex: 0x1f66a0), 0.5)))
      if bin.isSparse {
        marks += own.hatching(Stroke(Color(hex: 0x78acd2), 0.5))
      } else {
        let place = Point(
          axis.place(bin.confidence, area.x, area.right),
          axis.place(bin.accuracy, area.bottom, area.y))
        marks += bar(bin, area, axis, Stroke(Color(hex: 0x082f5c), 0.9))
        marks.append(
          .marker(.circle, at: place, size: 3.2, fill: Color(hex: 0x082f5c), stroke: nil))
      }
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

extension Rectangle {
  /// Parallel strokes from the lower left to the upper right, within the rectangle.
  fileprivate func hatching(_ stroke: Stroke, distance: Double = 3) -> [Mark] {
    guard width > 0, height > 0, width.isFinite, height.isFinite else { return [] }
    return (1...max(1, Int(min(1e4, (width + height) / distance)))).compactMap { number in
      // The stroke leaves the left or the bottom edge and ends at the top or the right edge.
      let offset = Double(number) * distance
      let start = Point(x + max(0, offset - height), y + min(offset, height))
      let end = Point(x + min(offset, width), y + max(0, offset - width))
      return end.x > start.x ? .line([start, end], stroke) : nil
    }
  }
}
