// A table of the web page, which the page's script can sort and filter.
import Files

/// A table as HTML.
struct PageTable {
  private let table: Table
  /// "Table 3. ", or nothing.
  private let number: String

  init(_ table: Table, number: String) { (self.table, self.number) = (table, number) }

  var text: String {
    let name = "table-\(table.name)"
    let words = table.warnings.words.map { " <span class=\"warning\">\($0)</span>" }.joined()
    let remark =
      table.remark.isEmpty
      ? "" : "<p class=\"remark\" id=\"\(name)-remark\">\(table.remark.xmlEscaped)</p>\n"
    let described = table.remark.isEmpty ? "" : " aria-describedby=\"\(name)-remark\""
    return """
      <div class="table" id="\(name)" role="region" aria-labelledby="\(name)-caption" \
      tabindex="0"><table\(described)>
      <caption id="\(name)-caption"><span>\((number + table.title).xmlEscaped)\(words)</span>\
      </caption>
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      \(remark)
      """
  }

  private var head: String {
    table.columns.map { column in
      "<th scope=\"col\"\(column.alignment == .trailing ? " class=\"n\"" : "")>"
        + column.title.xmlEscaped + "</th>"
    }.joined()
  }

  /// The rows. A first cell that is left empty because it repeats the one above says so to the
  /// script, which may separate the two.
  private var rows: [String] {
    let hasNames = table.columns.first?.alignment == .leading
    var group = ""
    return table.rows.enumerated().map { index, row in
      let cells = zip(row, table.columns).enumerated().map { place, pair in
        let (cell, column) = pair
        let look = look(of: cell, column)
        guard place == 0, hasNames else { return "<td\(look)>\(cell.text.xmlEscaped)</td>" }
        if !cell.text.isEmpty { group = cell.text }
        return cell.text.isEmpty
          ? "<td\(look) data-group=\"\(group.xmlAttribute)\"></td>"
          : "<th scope=\"row\"\(look)>\(cell.text.xmlEscaped)</th>"
      }
      let isRuled = index > 0 && table.ruledRows.contains(index)
      let isTotal = isRuled && index == table.rows.count - 1
      return "<tr\(isTotal ? " class=\"ruled total\"" : isRuled ? " class=\"ruled\"" : "")>"
        + cells.joined() + "</tr>"
    }
  }

  /// The classes of a cell as an attribute: number, bold, quiet, wrapping, long, background.
  private func look(of cell: Table.Cell, _ column: Table.Column) -> String {
    var classes: [String] = []
    if column.alignment == .trailing { classes.append("n") }
    if cell.isBold { classes.append("b") }
    if cell.isQuiet { classes.append("q") }
    if column.wraps { classes.append(cell.text.count > 60 ? "w l" : "w") }
    if let fill = cell.fill { classes.append("c" + PageColor(fill).digits) }
    return classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\""
  }
}
