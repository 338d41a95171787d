// Tables as files: CSV for programs, Markdown for a README. LaTeXTable.swift handles LaTeX.
import Files

extension Table {
  /// Comma-separated values with a header row (RFC 4180). Minus signs are ASCII, and missing values
  /// are empty. If there are warnings, a column `warning` repeats them.
  package var csv: String {
    if let tidy { return tidy.csv(warnings) }
    let words = warnings.words.joined(separator: " ")
    let header =
      columns.map { $0.title.replacing("−", with: "-") } + (words.isEmpty ? [] : ["warning"])
    return CSVTable(
      header: header,
      rows: rows.map { row in
        row.map { $0.text.asPlainNumber } + (words.isEmpty ? [] : [words])
      }
    ).text
  }

  /// A GitHub Markdown table with its title above and the remark below.
  package var markdown: String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    func escaped(_ text: String) -> String {
      text.replacing("\n", with: " ").markdownEscaped
    }
    var text =
      "**\(escaped(warnings.prefix + title))**\n\n" + line(columns.map { escaped($0.title) })
    text += line(columns.map { $0.alignment == .trailing ? "---:" : "---" })
    for row in rows {
      text += line(
        row.map { cell in
          let words = escaped(cell.text)
          return cell.isBold && !words.isEmpty ? "**\(words)**" : words
        })
    }
    return text + (remark.isEmpty ? "" : "\n\(escaped(remark))\n")
  }
}

extension String {
  /// The number for a program: "−1.2" becomes "-1.2", "12 345" (thin space) becomes "12345", and
  /// "–" becomes empty.
  fileprivate var asPlainNumber: String {
    self == "–"
      ? "" : replacing("−", with: "-").replacing("\u{2009}", with: "").replacing("\n", with: " ")
  }
}
