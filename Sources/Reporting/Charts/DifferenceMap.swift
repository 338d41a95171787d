// The difference of two confusion matrices, cell by cell: orange if the first system has more, blue
// if it has less. A frame marks differences that survive the correction for all cells.

/// Row percents of one system minus another's, in percentage points.
package struct DifferenceMap: Chart {
  /// One cell.
  package struct Cell: Sendable, Equatable {
    /// A difference of row shares; nil if the row has no utterance.
    package var value: Double?
    package var lower: Double?
    package var upper: Double?
    /// Whether the difference is significant after correction for the number of cells.
    package var isClear: Bool

    package init(value: Double?, lower: Double?, upper: Double?, isClear: Bool) {
      (self.value, self.lower, self.upper, self.isClear) = (value, lower, upper, isClear)
    }
  }

  package var label: ChartLabel
  package var classes: [String]
  /// Indexed by truth, then prediction.
  package var cells: [[Cell]]

  package init(label: ChartLabel, classes: [String], cells: [[Cell]]) {
    (self.label, self.classes, self.cells) = (label, classes, cells)
  }

  package func plot(width: Double, ruler: Ruler) -> Plot {
    let left = 14 + min(ruler.nameWidth(classes, of: width, share: 0.3), 100)
    let k = Double(max(1, classes.count))
    let side = (width - left) / k
    let rowHeight = min(side, 30, 420 / k)
    let cell = min(side, rowHeight * 2.2)
    let isFlat = classes.allSatisfy { ruler.width(of: $0, Style.axis) <= cell - 2 }
    let nameHeight =
      isFlat ? 12 : min(classes.map { ruler.width(of: $0, Style.axis) }.max() ?? 0, 92) + 6
    let grid = Rectangle(left, 4, cell * k, rowHeight * k)
    let frame = MatrixFrame(
      grid: grid, cell: cell, rowHeight: rowHeight, classes: classes, nameHeight: nameHeight,
      isFlat: isFlat)
    var marks: [Mark] = []
    for (truth, row) in cells.enumerated() {
      for (predicted, value) in row.enumerated() {
        marks += draw(value, frame.area(truth, predicted), ruler)
      }
    }
    marks += frame.names(ruler, labelWidth: left - 14)
    return Plot(Size(width, grid.bottom + nameHeight + 14), marks)
  }

  private func draw(_ cell: Cell, _ area: Rectangle, _ ruler: Ruler) -> [Mark] {
    let value = cell.value ?? 0
    let fill = Color.diverging(value / 0.2)
    var marks: [Mark] = [.rectangle(area, fill: fill, stroke: Stroke(.grid, 0.4))]
    if cell.isClear {
      let inside = Rectangle(area.x + 1, area.y + 1, area.width - 2, area.height - 2)
      marks.append(.rectangle(inside, fill: nil, stroke: Stroke(.ink, 1.4)))
    }
    func centred(_ text: String, _ size: Double, _ baseline: Double, bold: Bool) -> Mark {
      var font = Font(size, bold ? .bold : .regular)
      let wide = ruler.width(of: text, font)
      if wide > area.width - 3 { font.size *= (area.width - 3) / wide }
      return ruler.line(
        text, font, fill.readableInk, from: area.x, to: area.right, baseline: baseline, .centre)
    }
    let size = min(7, area.height * 0.42)
    guard let lower = cell.lower, let upper = cell.upper, area.height >= 15, area.width >= 26 else {
      return marks + [
        centred(
          cell.value == nil ? "–" : points(value), size, area.centre.y + size * 0.36,
          bold: cell.isClear)
      ]
    }
    return marks + [
      centred(points(value), size, area.centre.y - 0.5, bold: cell.isClear),
      centred(
        "\(points(lower)) to \(points(upper))", size * 0.72, area.centre.y + size, bold: false),
    ]
  }
}

/// Rows and columns of a class matrix with their names.
struct MatrixFrame {
  var grid: Rectangle
  var cell: Double
  var rowHeight: Double
  var classes: [String]
  var nameHeight: Double
  var isFlat: Bool

  func area(_ truth: Int, _ predicted: Int) -> Rectangle {
    Rectangle(
      grid.x + Double(predicted) * cell, grid.y + Double(truth) * rowHeight, cell, rowHeight)
  }

  /// The class names to the left and below, with "truth" and "predicted".
  func names(_ ruler: Ruler, labelWidth: Double) -> [Mark] {
    columnNames(ruler) + rowNames(ruler, labelWidth)
  }

  /// The names below the columns, and the title below the names.
  func columnNames(_ ruler: Ruler, title: String? = "predicted") -> [Mark] {
    var marks: [Mark] = []
    for (index, name) in classes.enumerated() {
      let middle = grid.x + (Double(index) + 0.5) * cell
      if isFlat {
        marks.append(
          ruler.line(
            name, Style.axis, from: middle - cell / 2, to: middle + cell / 2,
            baseline: grid.bottom + 9, .centre))
      } else {
        let font = Font(min(Style.axis.size, cell * 0.9))
        let text = ruler.shortened(name, font, to: nameHeight - 5)
        marks.append(
          .text(
            text,
            at: Point(middle + font.capHeight / 2, grid.bottom + 4 + ruler.width(of: text, font)),
            font, .ink, turned: true))
      }
    }
    if let title {
      marks.append(
        ruler.line(
          title, Style.axisBold, from: grid.x, to: max(grid.right, grid.x + 50),
          baseline: grid.bottom + nameHeight + 8))
    }
    return marks
  }

  func rowNames(_ ruler: Ruler, _ width: Double) -> [Mark] {
    let font = Font(min(Style.axis.size, rowHeight * 0.85))
    var marks: [Mark] = classes.enumerated().map { index, name in
      ruler.line(
        name, font, from: grid.x - width, to: grid.x - 4,
        baseline: grid.y + (Double(index) + 0.5) * rowHeight + font.capHeight / 2, .trailing)
    }
    let word = ruler.width(of: "truth", Style.axisBold)
    let baseline = max(grid.y + grid.height / 2 + word / 2, word)
    marks.append(
      .text(
        "truth", at: Point(grid.x - width - 5, baseline), Style.axisBold, .ink, turned: true))
    return marks
  }
}
