// Training curves in small panels, one per quantity: a light line per cell, and a dark line for
// their mean.

/// Quantities over epochs.
package struct CurvePanels: Chart {
  /// One quantity: its name and unit, and one line per cell.
  package struct Panel: Sendable {
    package var title: String
    /// For each cell, the value at each epoch from 1 on; nil if there is none. Values that are not
    /// finite (a diverged cell) count as missing.
    package var lines: [[Double?]]
    /// The seed of each line, to draw a mean per seed. Empty for no such means.
    package var seeds: [Int]

    package init(title: String, lines: [[Double?]], seeds: [Int] = []) {
      self.title = title
      self.seeds = seeds
      self.lines = lines.map { $0.map { $0.flatMap { $0.isFinite ? $0 : nil } } }
    }

    /// The mean over the cells that reached each epoch.
    package var mean: [Double?] { mean(of: lines) }

    /// The means of each seed, by ascending seed.
    package var seedMeans: [[Double?]] {
      Set(seeds).sorted().map { seed in
        mean(of: zip(lines, seeds).filter { $0.1 == seed }.map(\.0))
      }
    }

    private func mean(of lines: [[Double?]]) -> [Double?] {
      (0..<(lines.map(\.count).max() ?? 0)).map { epoch in
        let values = lines.compactMap { $0.indices.contains(epoch) ? $0[epoch] : nil }
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
      }
    }
  }

  package var label: ChartLabel
  package var panels: [Panel]

  package init(
    label: ChartLabel, panels: [Panel]
  ) {
    self.label = label
    self.panels = panels
  }

  /// Lays out the chart at the given width, with two panels in a row.
  package func plot(width: Double, ruler: Ruler) -> Plot {
    let across = 2
    let cellWidth = (width - Style.gutter * Double(across - 1)) / Double(across)
    // Two figures of two rows fit on a page.
    let plot = Size(cellWidth - 40, 82)
    let cellHeight = plot.height + 42
    var marks: [Mark] = []
    let titles = panels.map { ruler.lines(of: $0.title, Style.axisBold, width: cellWidth) }
    let extra = Double((titles.map(\.count).max() ?? 1) - 1) * Style.axisBold.lineHeight
    for (index, panel) in panels.enumerated() {
      let x = Double(index % across) * (cellWidth + Style.gutter)
      let y = Double(index / across) * (cellHeight + extra) + extra
      marks += draw(panel, in: Rectangle(x + 32, y + 14, plot.width, plot.height), ruler)
      // The title may begin above the numbers of the axis, if it is too wide for the panel.
      let isWide = ruler.width(of: panel.title, Style.axisBold) > plot.width
      for (line, words) in titles[index].enumerated() {
        let rise = Double(titles[index].count - 1 - line) * Style.axisBold.lineHeight
        marks.append(
          ruler.line(
            words, Style.axisBold, from: isWide ? x : x + 32, to: x + cellWidth,
            baseline: y + 9 - rise))
      }
    }
    let rows = (panels.count + across - 1) / across
    return Plot(Size(width, Double(rows) * (cellHeight + extra)), marks)
  }

  private func draw(_ panel: Panel, in area: Rectangle, _ ruler: Ruler) -> [Mark] {
    let values = panel.lines.flatMap { $0.compactMap { $0 } }
    let epochs = max(1, panel.lines.map(\.count).max() ?? 1)
    let least = values.min() ?? 0
    let greatest = values.max() ?? 1
    let startsAtZero = least > 0 && (least < greatest * 0.6 || least == greatest)
    let vertical = Axis(from: startsAtZero ? 0 : least, to: greatest, steps: 4)
    var marks: [Mark] = []
    for tick in vertical.ticks {
      let y = vertical.place(tick, area.bottom, area.y)
      marks.append(.line([Point(area.x, y), Point(area.right, y)], Stroke(.grid, 0.5)))
      marks.append(
        ruler.line(
          vertical.label(tick), Style.axis, .quiet, from: area.x - 32, to: area.x - 4,
          baseline: y + Style.axis.capHeight / 2, .trailing))
    }
    func x(_ epoch: Int) -> Double {
      epochs == 1
        ? area.centre.x : area.x + area.width * Double(epoch - 1) / Double(epochs - 1)
    }
    let step = max(1, Int(Axis(from: 0, to: Double(epochs), steps: 6).step))
    for epoch in 1...epochs where epoch == 1 || epoch % step == 0 {
      // Omit the tick at 1 if the next would touch it.
      if epoch == 1, epochs > 12, step > 1, x(step) - x(1) < 16 { continue }
      let foot = Point(x(epoch), area.bottom)
      marks.append(.line([foot, foot.moved(0, 2.5)], Stroke(.quiet)))
      marks.append(
        ruler.line(
          "\(epoch)", Style.axis, .quiet, from: x(epoch) - 14, to: x(epoch) + 14,
          baseline: area.bottom + 10.5, .centre))
    }
    marks.append(
      ruler.line(
        "epoch", Style.axis, .quiet, from: area.x, to: area.right, baseline: area.bottom + 20,
        .centre))
    func curve(_ line: [Double?], _ stroke: Stroke) -> [Mark] {
      let places = line.enumerated().compactMap { index, value in
        value.map { Point(x(index + 1), vertical.place($0, area.bottom, area.y)) }
      }
      if places.count == 1 {
        return [.marker(.circle, at: places[0], size: 4, fill: stroke.color, stroke: nil)]
      }
      return places.isEmpty ? [] : [.line(places, stroke)]
    }
    let light = Stroke(Color(hex: 0x7fb2d6).faded(panel.lines.count > 6 ? 0.5 : 0.85), 0.5)
    for line in panel.lines { marks += curve(line, light) }
    let dashes: [[Double]] = [[], [4, 1.5], [1.2, 1.2], [6, 1.5, 1.2, 1.5]]
    for (index, line) in panel.seedMeans.enumerated() {
      marks += curve(line, Stroke(systemStyle(index + 1).color, 0.8, dashes: dashes[index % 4]))
    }
    marks += curve(panel.mean, Stroke(Color(hex: 0x08386a), 1.5))
    marks.append(
      .line(
        [Point(area.x, area.y), Point(area.x, area.bottom), Point(area.right, area.bottom)],
        Stroke(.rule)))
    return marks
  }
}
