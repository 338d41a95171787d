// A confusion matrix as two maps with common rows: counts, and percent of each row.
package import Evaluation

/// Truth (rows) against prediction (columns).
package struct ConfusionMap: Chart {
  package var label: ChartLabel
  package var matrix: ConfusionMatrix
  /// The predictions that the matrix counts, for the notes of a web page; nil if unknown.
  package var predictions: SystemPredictions?

  package init(
    label: ChartLabel, matrix: ConfusionMatrix, predictions: SystemPredictions? = nil
  ) {
    (self.label, self.matrix, self.predictions) = (label, matrix, predictions)
  }

  private var classes: [String] { matrix.classes }

  /// Lays out the chart at the given width.
  package func plot(width: Double, ruler: Ruler) -> Plot {
    let k = classes.count
    let isStacked = k > 12 || width < 400
    let longest = classes.map { ruler.width(of: $0, Style.axis) }.max() ?? 0
    let labelWidth = min(longest + 6, isStacked ? min(130, width * 0.3) : 92)
    let axisWidth = 14.0
    let totalWidth = 34.0
    let left = axisWidth + labelWidth
    let free = width - left - totalWidth
    let cell =
      isStacked
      ? min(26, free / Double(k)) : min(34, (free - 22) / Double(2 * k))
    // Names under the columns are flat if they fit, otherwise turned upwards.
    let isFlat = longest <= cell - 2
    let nameHeight = isFlat ? 12 : min(longest, 92) + 6
    // Stacked maps must fit on one page.
    let tallest = isStacked ? (560 / 2 - 30 - nameHeight) / Double(k) : 24
    let rowHeight = min(cell, 24, tallest)
    let gridHeight = rowHeight * Double(k)
    let panelHeight = 16 + gridHeight + nameHeight + 14
    let size = Size(width, isStacked ? 2 * panelHeight + 14 : panelHeight)
    var marks: [Mark] = []
    let second =
      isStacked
      ? Point(left, panelHeight + 14 + 16) : Point(left + cell * Double(k) + totalWidth + 22, 16)
    let notes = ConfusionNotes(predictions)
    let panels: [(place: Point, isCounts: Bool)] = [(Point(left, 16), true), (second, false)]
    for panel in panels {
      let grid = Rectangle(panel.place.x, panel.place.y, cell * Double(k), gridHeight)
      marks += cells(in: grid, cell, rowHeight, isCounts: panel.isCounts, ruler)
      let frame = MatrixFrame(
        grid: grid, cell: cell, rowHeight: rowHeight, classes: classes, nameHeight: nameHeight,
        isFlat: isFlat)
      marks += frame.columnNames(ruler)
      marks += notes.marks { frame.area($0, $1) }
      marks.append(
        ruler.line(
          panel.isCounts ? "counts" : "% of the row", Style.axis, .quiet, from: grid.x,
          to: max(grid.right, grid.x + 60), baseline: grid.y - 6))
      if panel.isCounts || isStacked {
        marks += frame.rowNames(ruler, labelWidth)
      }
      if panel.isCounts { marks += totals(rightOf: grid, rowHeight, totalWidth, ruler) }
    }
    return Plot(size, marks)
  }

  private func cells(
    in grid: Rectangle, _ cell: Double, _ rowHeight: Double, isCounts: Bool, _ ruler: Ruler
  ) -> [Mark] {
    var marks: [Mark] = []
    for (truth, shares) in matrix.rowShares.enumerated() {
      for predicted in classes.indices {
        let share = shares?[predicted] ?? 0
        let area = Rectangle(
          grid.x + Double(predicted) * cell, grid.y + Double(truth) * rowHeight, cell, rowHeight)
        let fill = Color.sequential(share)
        let isHit = truth == predicted
        marks.append(
          .rectangle(area, fill: fill, stroke: Stroke(.grid, 0.4)))
        let count = matrix.counts[truth][predicted]
        let text =
          isCounts
          ? "\(count)" : shares == nil ? "–" : inPercent(share, digits: cell < 20 ? 0 : 1)
        var font = Font(min(7, rowHeight * 0.62), isHit ? .bold : .regular)
        let wide = ruler.width(of: text, font)
        if wide > cell - 2 { font.size *= (cell - 2) / wide }
        marks.append(
          ruler.line(
            text, font, count == 0 ? .quiet : fill.readableInk, from: area.x, to: area.right,
            baseline: area.centre.y + font.capHeight / 2, .centre))
      }
    }
    for index in classes.indices {
      let area = Rectangle(
        grid.x + Double(index) * cell, grid.y + Double(index) * rowHeight, cell, rowHeight)
      marks.append(.rectangle(area, fill: nil, stroke: Stroke(.ink, 0.8)))
    }
    return marks
  }

  private func totals(
    rightOf grid: Rectangle, _ rowHeight: Double, _ width: Double, _ ruler: Ruler
  ) -> [Mark] {
    let font = Font(min(Style.axis.size, rowHeight * 0.85))
    let head = ruler.line(
      "n", Style.axisBold, .quiet, from: grid.right, to: grid.right + width - 4,
      baseline: grid.y - 6, .trailing)
    return [head]
      + classes.indices.map { truth in
        ruler.line(
          grouped(matrix.support(truth)), font, .quiet, from: grid.right,
          to: grid.right + width - 4,
          baseline: grid.y + (Double(truth) + 0.5) * rowHeight + font.capHeight / 2, .trailing)
      }
  }
}
