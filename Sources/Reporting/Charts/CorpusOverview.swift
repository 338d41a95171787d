// A corpus at a glance: utterances by speaker and class as a map, and their lengths.

/// Counts by speaker and class, and lengths by class and speaker.
package struct CorpusOverview: Chart {
  /// Mean, least and greatest length in seconds.
  package struct Length: Sendable, Equatable {
    package var mean: Double
    package var deviation: Double
    package var least: Double
    package var greatest: Double

    package init(mean: Double, deviation: Double, least: Double, greatest: Double) {
      (self.mean, self.deviation) = (mean, deviation)
      (self.least, self.greatest) = (least, greatest)
    }
  }

  package var label: ChartLabel
  package var classes: [String]
  package var speakers: [DataSetReport.CountRow]
  /// In the order of the speakers; nil if unknown.
  package var speakerLengths: [Length?]
  package var classLengths: [Length?]
  /// Whether the map of counts is drawn.
  package var hasCounts: Bool

  package init(
    label: ChartLabel, classes: [String], speakers: [DataSetReport.CountRow],
    speakerLengths: [Length?], classLengths: [Length?], hasCounts: Bool = true
  ) {
    self.hasCounts = hasCounts
    (self.label, self.classes, self.speakers) = (label, classes, speakers)
    (self.speakerLengths, self.classLengths) = (speakerLengths, classLengths)
  }

  package func plot(width: Double, ruler: Ruler) -> Plot {
    let left = ruler.nameWidth(speakers.map(\.name), of: width, share: 0.24)
    let hasLengths = (speakerLengths + classLengths).contains { $0 != nil }
    let strip = !hasLengths ? 0 : hasCounts ? width * 0.3 : width - left
    let k = Double(max(1, classes.count))
    let cell = hasCounts ? (width - left - strip - 14) / k : 0
    let rowHeight = max(4.5, min(13, 340 / Double(max(1, speakers.count))))
    let isFlat = !hasCounts || classes.allSatisfy { ruler.width(of: $0, Style.axis) <= cell - 2 }
    let nameHeight =
      isFlat ? 12 : min(classes.map { ruler.width(of: $0, Style.axis) }.max() ?? 0, 80) + 6
    let grid = Rectangle(left, 18, cell * k, rowHeight * Double(speakers.count))
    let frame = MatrixFrame(
      grid: grid, cell: cell, rowHeight: rowHeight, classes: classes, nameHeight: nameHeight,
      isFlat: isFlat)
    var marks = ruler.rowNames(
      speakers.map(\.name), width: left, top: 18, rowHeight: rowHeight)
    if hasCounts {
      marks.append(
        ruler.line(
          "utterances", Style.axisBold, from: left, to: left + max(grid.width, 60),
          baseline: grid.y - 7))
      marks += counts(frame, ruler) + frame.columnNames(ruler).dropLast()
    }
    guard hasLengths else { return Plot(Size(width, grid.bottom + nameHeight), marks) }
    let area = Rectangle(
      grid.right + (hasCounts ? 14 : 0), 18, strip - (hasCounts ? 4 : 8), grid.height)
    let seconds = axis
    marks += ruler.horizontalScale(seconds, area, title: "length by speaker, s")
    for (index, length) in speakerLengths.enumerated() {
      marks += bar(
        length, area.y + (Double(index) + 0.5) * rowHeight, area, seconds, systemStyle(0))
    }
    let below = grid.bottom + nameHeight + 22
    let classRows = ruler.nameWidth(classes, of: width, share: 0.3)
    let height = max(5.5, min(11, 140 / k)) * k
    let lower = Rectangle(classRows, below, width - classRows - 8, height)
    marks += ruler.horizontalScale(seconds, lower, title: "length by class, s")
    marks += ruler.rowNames(classes, width: classRows, top: below, rowHeight: height / k)
    for (index, length) in classLengths.enumerated() {
      marks += bar(
        length, below + (Double(index) + 0.5) * height / k, lower, seconds, systemStyle(1))
    }
    return Plot(Size(width, lower.bottom + 14), marks)
  }

  private var axis: Axis {
    let all = (speakerLengths + classLengths).compactMap { $0 }
    return Axis(from: 0, to: all.map(\.greatest).max() ?? 1, steps: 5)
  }

  private func counts(_ frame: MatrixFrame, _ ruler: Ruler) -> [Mark] {
    let greatest = Double(max(1, speakers.flatMap(\.counts).max() ?? 1))
    return speakers.enumerated().flatMap { row, speaker in
      speaker.counts.enumerated().flatMap { column, count -> [Mark] in
        let area = frame.area(row, column)
        let fill = Color.sequential(0.75 * Double(count) / greatest)
        var font = Font(min(6.5, frame.rowHeight * 0.75))
        let wide = ruler.width(of: grouped(count), font)
        if wide > area.width - 2 { font.size *= (area.width - 2) / wide }
        return [
          .rectangle(area, fill: fill, stroke: Stroke(.grid, 0.4)),
          ruler.line(
            grouped(count), font, fill.readableInk, from: area.x, to: area.right,
            baseline: area.centre.y + font.capHeight / 2, .centre),
        ]
      }
    }
  }

  /// A thin line from least to greatest, a thick line for one standard deviation around the mean,
  /// and a marker at the mean.
  private func bar(
    _ length: Length?, _ y: Double, _ area: Rectangle, _ axis: Axis, _ style: ClassStyle
  ) -> [Mark] {
    guard let length else { return [] }
    func x(_ seconds: Double) -> Double { axis.place(seconds, area.x, area.right) }
    let inner = (
      max(length.least, length.mean - length.deviation),
      min(length.greatest, length.mean + length.deviation)
    )
    return [
      .line([Point(x(length.least), y), Point(x(length.greatest), y)], Stroke(style.color, 0.6)),
      .line([Point(x(inner.0), y), Point(x(inner.1), y)], Stroke(style.color.faded(0.5), 3)),
      style.marker(at: Point(x(length.mean), y), size: 4.2),
    ]
  }
}
