// A mixture and its two components as stacked waveforms on one scale.

/// Waveforms of two recordings and their mixture.
package struct MixturePanels: Chart {
  package var label: ChartLabel
  package var example: MixtureExample

  package init(label: ChartLabel, example: MixtureExample) {
    (self.label, self.example) = (label, example)
  }

  package func plot(width: Double, ruler: Ruler) -> Plot {
    let left = 30.0
    let rowHeight = 58.0
    let greatest = Double(
      max(
        example.signals.flatMap { $0.high + $0.low.map(-) }.max() ?? 1, 1e-6))
    let axis = Axis(from: -greatest, to: greatest, steps: 2)
    var marks: [Mark] = []
    for (index, signal) in example.signals.enumerated() {
      let area = Rectangle(
        left, Double(index) * (rowHeight + 16) + 14, width - left, rowHeight)
      marks.append(
        ruler.line(
          signal.title, Style.axisBold, from: area.x, to: area.right, baseline: area.y - 4))
      marks += ruler.verticalScale(axis, area)
      marks.append(wave(signal, area, axis, systemStyle(index).color))
    }
    let bottom = Double(example.signals.count) * (rowHeight + 16)
    let time = Axis(from: 0, to: max(example.duration, 0.01), steps: 6)
    for tick in time.ticks where tick <= example.duration + 1e-9 {
      let x = left + (width - left) * tick / max(example.duration, 0.01)
      marks += [
        .line([Point(x, bottom - 2), Point(x, bottom + 1)], Stroke(.quiet)),
        ruler.line(
          time.label(tick), Style.axis, .quiet, from: x - 14, to: min(x + 14, width),
          baseline: bottom + 10, .centre),
      ]
    }
    marks.append(
      ruler.line(
        "time, s", Style.axis, .quiet, from: left, to: width, baseline: bottom + 20, .centre))
    let facts = ruler.block(
      example.facts.map { "\($0.key) \($0.value)" }.joined(separator: " · "), Style.axisBold,
      from: left, to: width, top: bottom + 26)
    return Plot(Size(width, bottom + 28 + facts.height), marks + facts.marks)
  }

  /// The filled outline between least and greatest samples.
  private func wave(
    _ signal: MixtureExample.Signal, _ area: Rectangle, _ axis: Axis, _ color: Color
  )
    -> Mark
  {
    let count = max(1, min(signal.low.count, signal.high.count))
    func place(_ index: Int, _ value: Float) -> Point {
      Point(
        area.x + area.width * (Double(index) + 0.5) / Double(count),
        axis.place(Double(value), area.bottom, area.y))
    }
    let above = signal.high.enumerated().map { place($0, $1) }
    let below = signal.low.enumerated().reversed().map { place($0.offset, $0.element) }
    return .area(above + below, fill: color, stroke: Stroke(color, 0.3))
  }
}
