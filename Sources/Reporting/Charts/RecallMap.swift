// Recall by class of many systems as a map: the first system's recalls, and below them how much
// better or worse it is than each other system.

/// Systems in rows, classes in columns.
package struct RecallMap: Chart {
  package var label: ChartLabel
  package var classes: [String]
  package var systems: [String]
  /// Indexed by system, then class; shares from 0 to 1, nil for a class without utterances.
  package var recalls: [[Double?]]

  package init(label: ChartLabel, classes: [String], systems: [String], recalls: [[Double?]]) {
    (self.label, self.classes) = (label, classes)
    (self.systems, self.recalls) = (systems, recalls)
  }

  package func plot(width: Double, ruler: Ruler) -> Plot {
    let reference = systems.first ?? ""
    let names = systems.enumerated().map { $0 == 0 ? $1 : "\(reference) − \($1)" }
    let left = ruler.nameWidth(names, of: width, share: 0.34)
    let cell = min(54, (width - left) / Double(max(1, classes.count)))
    let rowHeight = 15.0
    let isFlat = classes.allSatisfy { ruler.width(of: $0, Style.axis) <= cell - 2 }
    let nameHeight =
      isFlat ? 12 : min(classes.map { ruler.width(of: $0, Style.axis) }.max() ?? 0, 92) + 6
    let grid = Rectangle(
      left, 2, cell * Double(classes.count), rowHeight * Double(systems.count) + 4)
    let frame = MatrixFrame(
      grid: grid, cell: cell, rowHeight: rowHeight, classes: classes, nameHeight: nameHeight,
      isFlat: isFlat)
    var marks = ruler.rowNames([reference], width: left, top: grid.y, rowHeight: rowHeight)
    marks += ruler.rowNames(
      Array(names.dropFirst()), width: left, top: grid.y + rowHeight + 4, rowHeight: rowHeight)
    for (row, values) in recalls.enumerated() {
      // A gap sets the first system's own recalls apart from the differences.
      let y = grid.y + Double(row) * rowHeight + (row == 0 ? 0 : 4)
      for (column, value) in values.enumerated() {
        let own = recalls.first?[column]
        let difference = value.flatMap { value in own.map { $0 - value } }
        let shade: Color =
          row == 0 ? .sequential((value ?? 0) * 0.8) : .diverging((difference ?? 0) / 0.2)
        let area = Rectangle(grid.x + Double(column) * cell, y, cell, rowHeight)
        marks.append(.rectangle(area, fill: shade, stroke: Stroke(.grid, 0.4)))
        let text = row == 0 ? inPercent(value) : points(difference)
        var font = Font(7, row == 0 ? .bold : .regular)
        let wide = ruler.width(of: text, font)
        if wide > cell - 3 { font.size *= (cell - 3) / wide }
        marks.append(
          ruler.line(
            text, font, shade.readableInk, from: area.x, to: area.right,
            baseline: area.centre.y + font.capHeight / 2, .centre))
      }
    }
    marks += frame.columnNames(ruler, title: nil)
    return Plot(Size(width, grid.bottom + nameHeight + 4), marks)
  }
}
