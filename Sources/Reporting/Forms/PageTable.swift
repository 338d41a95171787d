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
        let classes =
          (column.alignment == .trailing ? ["n"] : []) + (cell.isBold ? ["b"] : [])
          + (cell.isQuiet ? ["q"] : []) + (column.wraps ? ["w"] : [])
          + (column.wraps && cell.text.count > 60 ? ["l"] : [])
          + (cell.fill.map { ["c" + PageColor($0).digits] } ?? [])
        let look = classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\""
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
}
