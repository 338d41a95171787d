// Tables on pages: measured, wrapped, and split across pages with a repeated header.

extension Table {
  /// White space on either side of a cell's text.
  static let padding = 5.0
  private static let smallest = 6.0
  /// Tables with at most as many rows are not split over pages.
  private static let smallestSplit = 9

  /// Returns the table as slabs, one per row. If the columns do not fit even in small type, the
  /// table is split into several, each with the first column.
  func slabs(_ ruler: Ruler) -> [Slab] {
    var font = isDense ? Style.axis : Style.table
    while leastWidths(font, ruler).reduce(0, +) > ruler.sheet.width, font.size > Table.smallest {
      font.size -= 0.25
    }
    let least = leastWidths(font, ruler)
    guard least.reduce(0, +) > ruler.sheet.width, columns.count > 2 else {
      return slabs(font, least, ruler)
    }
    let greatest = least.dropFirst().max() ?? 1
    let room = max(1, Int((ruler.sheet.width - least[0]) / greatest))
    let parts = (columns.count - 1 + room - 1) / room
    guard parts > 1 else { return slabs(font, least, ruler) }
    let share = (columns.count - 1 + parts - 1) / parts
    return stride(from: 1, to: columns.count, by: share).flatMap { start in
      let kept = [0] + Array(start..<min(start + share, columns.count))
      var part = self
      part.columns = kept.map { columns[$0] }
      part.rows = rows.map { row in kept.map { row[$0] } }
      // Each part is a table of its own.
      let slabs = part.slabs(ruler).map { slab in
        var slab = slab
        for run in slab.runs.indices where start > 1 {
          slab.runs[run].path[0].key.insert(start, at: 0)
        }
        return slab
      }
      return slabs + [.space(6)]
    }
  }

  private func slabs(_ font: Font, _ least: [Double], _ ruler: Ruler) -> [Slab] {
    var widths = columnWidths(font, least, ruler)
    let sum = widths.reduce(0, +)
    if sum > ruler.sheet.width { widths = widths.map { $0 * ruler.sheet.width / sum } }
    if sum < ruler.sheet.width {
      let extra = (ruler.sheet.width - sum) / Double(widths.count)
      widths = widths.map { $0 + extra }
    }
    var head = headSlab(font, widths, ruler)
    let body = rows.enumerated().map { index, row in
      rowSlab(row, index, font, widths, ruler, after: head)
    }
    head.keepsWithNext = true
    let foot = Slab(
      height: 6,
      marks: [.line([Point(0, 0), Point(widths.reduce(0, +), 0)], Stroke(.ink, 0.7))])
    // A small table stays whole. No page ends with fewer than three rows of a longer table, or
    // begins with fewer than six.
    var slabs = [head] + body
    for index in slabs.indices
    where rows.count <= Table.smallestSplit || index < 3 || index >= slabs.count - 6 {
      slabs[index].keepsWithNext = true
    }
    return slabs + [foot]
  }

  /// The narrowest width that does not break a column's words or numbers.
  private func leastWidths(_ font: Font, _ ruler: Ruler) -> [Double] {
    columns.enumerated().map { index, column in
      if let share = column.share { return share * ruler.sheet.width }
      let head = widest(
        column.title.split { " -_/".contains($0) }.map { "\($0)-" }, Font(font.size, .bold), ruler)
      let body = rows.map { row in
        let cell = row[index]
        let used = Font(font.size, cell.isBold ? .bold : font.face)
        return column.wraps
          ? min(widest(cell.text.split(separator: " ").map(String.init), used, ruler), 90)
          : ruler.width(of: cell.text, used)
      }
      return max(min(head, 70), body.max() ?? 0) + 2 * Table.padding
    }
  }

  private func widest(_ words: [String], _ font: Font, _ ruler: Ruler) -> Double {
    words.map { ruler.width(of: $0, font) }.max() ?? 0
  }

  /// The preferred column widths. The widest columns are narrowed until all fit.
  private func columnWidths(_ font: Font, _ least: [Double], _ ruler: Ruler) -> [Double] {
    let bold = Font(font.size, .bold)
    let natural = columns.enumerated().map { index, column in
      if let share = column.share { return share * ruler.sheet.width }
      let cells = rows.map { ruler.width(of: $0[index].text, $0[index].isBold ? bold : font) }
      let head = ruler.width(of: column.title, bold)
      return max(least[index], max(cells.max() ?? 0, min(head, 90)) + 2 * Table.padding)
    }
    func widths(_ cap: Double) -> [Double] { zip(natural, least).map { min($0, max($1, cap)) } }
    var (low, high) = (0.0, natural.max() ?? 0)
    guard widths(high).reduce(0, +) > ruler.sheet.width else { return natural }
    for _ in 0..<50 {
      let middle = (low + high) / 2
      if widths(middle).reduce(0, +) > ruler.sheet.width { high = middle } else { low = middle }
    }
    return widths(low)
  }

  private func headSlab(_ font: Font, _ widths: [Double], _ ruler: Ruler) -> Slab {
    let bold = Font(font.size, .bold)
    let blocks = cellBlocks(columns.map { Cell($0.title, isBold: true) }, bold, widths, ruler)
    let height = (blocks.map(\.height).max() ?? 0) + 6
    var marks: [Mark] = []
    var runs: [Run] = []
    for (column, block) in blocks.enumerated() {
      runs.append(
        run(block.marks, after: marks, row: 0, StructureElement(.headerCell, column)))
      marks += block.marks.map { $0.moved(0, height - 3 - block.height) }
    }
    let total = widths.reduce(0, +)
    marks.append(.line([Point(0, 0), Point(total, 0)], Stroke(.ink, 0.9)))
    marks.append(.line([Point(0, height), Point(total, height)], Stroke(.ink, 0.5)))
    return Slab(height: height, marks: marks, runs: runs)
  }

  /// The run of a cell's marks.
  private func run(_ cell: [Mark], after marks: [Mark], row: Int, _ element: StructureElement)
    -> Run
  {
    Run(
      marks.count..<marks.count + cell.count, StructureElement(.table), StructureElement(.row, row),
      element)
  }

  private func rowSlab(
    _ row: [Cell], _ index: Int, _ font: Font, _ widths: [Double], _ ruler: Ruler, after head: Slab
  ) -> Slab {
    let blocks = cellBlocks(row, font, widths, ruler)
    let height = (blocks.map(\.height).max() ?? 0) + 3.5
    var marks: [Mark] = []
    var left = 0.0
    for (cell, width) in zip(row, widths) {
      if let fill = cell.fill {
        marks.append(.rectangle(Rectangle(left, 0, width, height), fill: fill, stroke: nil))
      }
      left += width
    }
    var runs: [Run] = []
    for (column, block) in blocks.enumerated() {
      // Words in the first column head their row.
      let isHead = column == 0 && columns[0].alignment == .leading && !row[0].text.isEmpty
      runs.append(
        run(
          block.marks, after: marks, row: index + 1,
          StructureElement(isHead ? .headerCell : .cell, column)))
      marks += block.marks.map { $0.moved(0, 1.5) }
    }
    if index > 0 {
      let isRuled = ruledRows.contains(index)
      marks.append(
        .line([Point(0, 0), Point(left, 0)], Stroke(isRuled ? .quiet : .grid, isRuled ? 0.6 : 0.4)))
    }
    return Slab(
      height: height, marks: marks, runs: runs,
      continuation: Slab.Continuation(height: head.height, marks: head.marks))
  }

  private func cellBlocks(_ cells: [Cell], _ font: Font, _ widths: [Double], _ ruler: Ruler)
    -> [(marks: [Mark], height: Double)]
  {
    var left = 0.0
    return zip(cells, columns).enumerated().map { index, pair in
      let (cell, column) = pair
      defer { left += widths[index] }
      let used = Font(font.size, cell.isBold ? .bold : font.face)
      let ink = cell.fill?.readableInk ?? (cell.isQuiet ? .quiet : .ink)
      return ruler.block(
        ruler.beginning(of: cell.text, used, width: widths[index] - 2 * Table.padding), used, ink,
        from: left + Table.padding,
        to: left + widths[index] - Table.padding, top: 0, column.alignment)
    }
  }
}
