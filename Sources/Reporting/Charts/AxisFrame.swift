// The background of charts: grid lines and numbers, thinned out so that they do not touch.

extension Ruler {
  /// Returns a scale along the bottom of `area`, with grid lines and the title above.
  func horizontalScale(_ axis: Axis, _ area: Rectangle, title: String) -> [Mark] {
    var marks: [Mark] = [
      line(title, Style.axisBold, from: area.x, to: area.right + 40, baseline: area.y - 7)
    ]
    let every = spacing(axis, area.width)
    for (index, tick) in axis.ticks.enumerated() {
      let x = axis.place(tick, area.x, area.right)
      marks.append(.line([Point(x, area.y), Point(x, area.bottom)], Stroke(.grid, 0.6)))
      guard index % every == 0 else { continue }
      let words = axis.label(tick)
      marks.append(
        line(
          words, Style.axis, .quiet, from: x - 24, to: x + 24, baseline: area.bottom + 10, .centre))
    }
    marks.append(
      .line([Point(area.x, area.bottom), Point(area.right, area.bottom)], Stroke(.rule)))
    return marks
  }

  /// Returns a scale along the left side of `area`, with grid lines.
  func verticalScale(_ axis: Axis, _ area: Rectangle) -> [Mark] {
    axis.ticks.flatMap { tick -> [Mark] in
      let y = axis.place(tick, area.bottom, area.y)
      return [
        .line([Point(area.x, y), Point(area.right, y)], Stroke(.grid, 0.5)),
        line(
          axis.label(tick), Style.axis, .quiet, from: area.x - 32, to: area.x - 4,
          baseline: y + Style.axis.capHeight / 2, .trailing),
      ]
    }
  }

  /// The number of ticks per printed number, so that numbers fit.
  private func spacing(_ axis: Axis, _ length: Double) -> Int {
    let widest = axis.ticks.map { width(of: axis.label($0), Style.axis) }.max() ?? 0
    let step = length / Double(max(1, axis.ticks.count - 1))
    return max(1, Int(((widest + 4) / max(step, 0.1)).rounded(.up)))
  }

  /// Returns the names to the left of rows.
  func rowNames(_ names: [String], width: Double, top: Double, rowHeight: Double) -> [Mark] {
    let font = Font(min(Style.axis.size, rowHeight * 0.85))
    return names.enumerated().flatMap { index, name in
      rowName(
        name, font, .ink, from: 0, to: width - 6, middle: top + (Double(index) + 0.5) * rowHeight,
        rowHeight: rowHeight, .trailing)
    }
  }

  /// The name of one row, in several lines if it needs and the row has room for them.
  func rowName(
    _ name: String, _ font: Font, _ color: Color, from left: Double, to right: Double,
    middle: Double, rowHeight: Double, _ alignment: Alignment = .leading
  ) -> [Mark] {
    let step = 1.2 * font.size
    let lines = lines(of: name, font, width: right - left)
    let shown = Double(lines.count) * step <= rowHeight ? lines : [name]
    return shown.enumerated().map { index, words in
      let shift = (Double(index) - Double(shown.count - 1) / 2) * step
      return line(
        words, font, color, from: left, to: right,
        baseline: middle + shift + font.capHeight / 2, alignment)
    }
  }

  /// Returns the width that row names need, at most `share` of `width`.
  func nameWidth(_ names: [String], of width: Double, share: Double) -> Double {
    min((names.map { self.width(of: $0, Style.axis) }.max() ?? 0) + 8, width * share)
  }
}

/// The colour and shape of a system in a chart of several systems.
func systemStyle(_ index: Int) -> ClassStyle { ClassStyle(index) }

/// A legend of markers in one or more rows.
struct MarkerLegend {
  var entries: [(name: String, style: ClassStyle)]

  /// Returns the marks from `top` downwards, and their height.
  func laidOut(width: Double, top: Double, _ ruler: Ruler) -> (marks: [Mark], height: Double) {
    let longest = (entries.map { ruler.width(of: $0.name, Style.axis) }.max() ?? 0) + 22
    let columns = max(1, min(entries.count, Int(width / longest)))
    let rows = (entries.count + columns - 1) / columns
    let columnWidth = min(width / Double(columns), longest + 24)
    var marks: [Mark] = []
    for (index, entry) in entries.enumerated() {
      let x = Double(index / max(1, rows)) * columnWidth
      let y = top + Double(index % max(1, rows)) * 11 + 5
      marks.append(entry.style.marker(at: Point(x + 5, y), size: 5.5))
      marks.append(
        ruler.line(
          entry.name, Style.axis, from: x + 13, to: x + columnWidth - 4,
          baseline: y + Style.axis.capHeight / 2))
    }
    return (marks, Double(rows) * 11 + 2)
  }
}
