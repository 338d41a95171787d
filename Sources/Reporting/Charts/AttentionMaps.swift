// Where attention looked: the spectrum of an utterance as an image, with the weights of its frames
// above.

/// Log-mel spectra with attention weights, one utterance per panel.
package struct AttentionMaps: Chart {
  package var label: ChartLabel
  package var examples: [AttentionExample]

  package init(label: ChartLabel, examples: [AttentionExample]) {
    (self.label, self.examples) = (label, examples)
  }

  package func plot(width: Double, ruler: Ruler) -> Plot {
    let across = width < 400 ? 1 : min(2, max(1, examples.count))
    let panelWidth = (width - Style.gutter * Double(across - 1)) / Double(across)
    let panelHeight = 148.0
    let marks = examples.enumerated().flatMap { index, example in
      draw(
        example,
        Rectangle(
          Double(index % across) * (panelWidth + Style.gutter),
          Double(index / across) * panelHeight, panelWidth, panelHeight), ruler)
    }
    let rows = (examples.count + across - 1) / across
    return Plot(Size(width, Double(rows) * panelHeight), marks)
  }

  private func draw(_ example: AttentionExample, _ panel: Rectangle, _ ruler: Ruler) -> [Mark] {
    let isRight = example.truth == example.predicted
    let weights = Rectangle(panel.x + 26, panel.y + 28, panel.width - 30, 30)
    let image = Rectangle(weights.x, weights.bottom + 3, weights.width, 62)
    let frames = example.spectrum.first?.count ?? 0
    let duration = max(Double(frames) * example.secondsPerFrame, 1e-9)
    var marks: [Mark] = [
      ruler.line(
        (isRight ? "right: " : "WRONG: ")
          + "\(example.predicted) \(inPercent(example.probability)) %"
          + (isRight ? "" : ", truth \(example.truth)"), Style.axisBold, isRight ? .ink : .alarm,
        from: panel.x, to: panel.right, baseline: panel.y + 9),
      ruler.line(
        example.utterance, Style.axis, .quiet, from: panel.x, to: panel.right,
        baseline: panel.y + 19),
      .image(Raster(example.spectrum), in: image),
    ]
    marks += curves(example, weights, duration, ruler)
    for edge in [weights, image] {
      marks.append(.rectangle(edge, fill: nil, stroke: Stroke(.rule, 0.5)))
    }
    let axis = Axis(from: 0, to: duration, steps: 4)
    for tick in axis.ticks where tick <= duration + 1e-9 {
      let x = image.x + image.width * tick / duration
      marks += [
        .line([Point(x, image.bottom), Point(x, image.bottom + 2.5)], Stroke(.quiet)),
        ruler.line(
          axis.label(tick) + (tick == 0 ? " s" : ""), Style.axis, .quiet, from: x - 14, to: x + 14,
          baseline: image.bottom + 10.5, .centre),
      ]
    }
    let words = ["mel": image, "weight": weights]
    for name in ["mel", "weight"] {
      guard let area = words[name] else { continue }
      let length = ruler.width(of: name, Style.axis)
      marks.append(
        .text(
          name, at: Point(area.x - 6, area.centre.y + length / 2), Style.axis, .quiet, turned: true)
      )
    }
    return marks
  }

  /// A light line per head and a dark line for their mean, scaled to the greatest weight. The
  /// dashed line marks equal weights.
  private func curves(
    _ example: AttentionExample, _ area: Rectangle, _ duration: Double, _ ruler: Ruler
  ) -> [Mark] {
    let count = example.attention.first?.count ?? 0
    guard count > 0 else { return [] }
    let heads = Float(example.attention.count)
    let mean = (0..<count).map { frame in
      example.attention.reduce(0) { $0 + $1[frame] } / heads
    }
    let greatest = Double(max(example.attention.joined().max() ?? 1, 1e-9))
    func line(_ values: [Float], _ stroke: Stroke) -> Mark {
      .line(
        values.enumerated().map { index, value in
          let time = min(duration, (Double(index) + 0.5) * example.secondsPerWeight)
          return Point(
            area.x + area.width * time / duration,
            area.bottom - area.height * 0.94 * Double(value) / greatest)
        }, stroke)
    }
    let even = area.bottom - area.height * 0.94 / Double(count) / greatest
    let light = Stroke(Color(hex: 0x7fb2d6).faded(example.attention.count > 4 ? 0.45 : 0.8), 0.5)
    return (example.attention.count > 1 ? example.attention.map { line($0, light) } : [])
      + [
        .line(
          [Point(area.x, even), Point(area.right, even)], Stroke(.alarm, 0.6, dashes: [2, 2])),
        line(mean, Stroke(Color(hex: 0x08386a), 1.2)),
      ]
  }
}
