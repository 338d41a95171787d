// Tables: measured, wrapped, and broken over pages with their head repeated.

/// A table over the full width, or narrower if its columns need less.
struct Table {
  /// A column: what stands in its head and how its cells are set.
  struct Column {
    var title: String
    var alignment: Alignment = .trailing
    /// Whether its cells may be broken into lines; others stay whole where there is room.
    var wraps = false
  }

  /// A cell: its text, and how it stands out.
  struct Cell: ExpressibleByStringInterpolation {
    var text: String
    var isBold = false
    var isQuiet = false
    /// A background, for tables that are read as maps.
    var fill: Color?

    init(stringLiteral text: String) { self.text = text }
    init(_ text: String, isBold: Bool = false, isQuiet: Bool = false, fill: Color? = nil) {
      self.text = text
      self.isBold = isBold
      self.isQuiet = isQuiet
      self.fill = fill
    }
  }

  var columns: [Column]
  var rows: [[Cell]]
  /// Rows before which a stronger line is drawn.
  var ruledRows: Set<Int> = []
  /// Whether the table takes the full text width though it needs less.
  var fillsWidth = false

  private static let padding = 5.0
  private static let smallest = 5.5

  /// Returns the table in slabs, a row each.
  func slabs(_ ruler: Ruler) -> [Slab] {
    var font = Style.table
    var widths = columnWidths(font, ruler)
    while widths.reduce(0, +) > Style.width + 0.1, font.size > Table.smallest {
      font.size -= 0.25
      widths = columnWidths(font, ruler)
    }
    let sum = widths.reduce(0, +)
    if sum > Style.width { widths = widths.map { $0 * Style.width / sum } }
    if fillsWidth, sum < Style.width {
      let extra = (Style.width - sum) / Double(widths.count)
      widths = widths.map { $0 + extra }
    }
    let head = headSlab(font, widths, ruler)
    let body = rows.enumerated().map { index, row in
      rowSlab(row, index, font, widths, ruler, after: head)
    }
    var head0 = head
    head0.keepsWithNext = true
    let total = widths.reduce(0, +)
    let foot = Slab(
      height: 6, marks: [.line([Point(0, 0), Point(total, 0)], Stroke(.ink, 0.7))])
    var slabs = [head0] + body
    if let last = slabs.indices.last { slabs[last].keepsWithNext = true }
    return slabs + [foot]
  }

  /// Widths that the columns want, cells of wrapping columns broken so that all may fit.
  private func columnWidths(_ font: Font, _ ruler: Ruler) -> [Double] {
    let bold = Font(font.size, .bold)
    var natural: [Double] = []
    var least: [Double] = []
    for (index, column) in columns.enumerated() {
      let cells = rows.map { ruler.width(of: $0[index].text, $0[index].isBold ? bold : font) }
      let words = (column.title.split(separator: " ") + (column.wraps ? rows.flatMap { $0[index].text.split(separator: " ") } : []))
        .map { min(ruler.width(of: String($0), bold), column.wraps ? 90 : 56) }.max() ?? 0
      let body = cells.max() ?? 0
      natural.append(max(body, min(ruler.width(of: column.title, bold), max(words, body))) + 2 * Table.padding)
      least.append((column.wraps ? min(body, max(words, 60)) : max(body, words)) + 2 * Table.padding)
    }
    let excess = natural.reduce(0, +) - Style.width
    let room = zip(natural, least).reduce(0) { $0 + max(0, $1.0 - $1.1) }
    guard excess > 0, room > 0 else { return natural }
    let share = min(1, excess / room)
    return zip(natural, least).map { $0 - max(0, $0 - $1) * share }
  }

  private func headSlab(_ font: Font, _ widths: [Double], _ ruler: Ruler) -> Slab {
    let bold = Font(font.size, .bold)
    let blocks = cellBlocks(columns.map { Cell($0.title, isBold: true) }, bold, widths, ruler)
    let height = (blocks.map(\.height).max() ?? 0) + 6
    var marks: [Mark] = []
    for block in blocks { marks += block.marks.map { $0.moved(0, height - 3 - block.height) } }
    let total = widths.reduce(0, +)
    marks.append(.line([Point(0, 0), Point(total, 0)], Stroke(.ink, 0.9)))
    marks.append(.line([Point(0, height), Point(total, height)], Stroke(.ink, 0.5)))
    return Slab(height: height, marks: marks)
  }

  private func rowSlab(
    _ row: [Cell], _ index: Int, _ font: Font, _ widths: [Double], _ ruler: Ruler, after head: Slab
  ) -> Slab {
    precondition(row.count == columns.count, "\(row.count) cells for \(columns.count) columns")
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
    for block in blocks { marks += block.marks.map { $0.moved(0, 1.5) } }
    if index > 0 {
      let isRuled = ruledRows.contains(index)
      marks.append(
        .line([Point(0, 0), Point(left, 0)], Stroke(isRuled ? .quiet : .grid, isRuled ? 0.6 : 0.4)))
    }
    return Slab(
      height: height, marks: marks,
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
        cell.text, used, ink, from: left + Table.padding,
        to: left + widths[index] - Table.padding, top: 0, column.alignment)
    }
  }
}
