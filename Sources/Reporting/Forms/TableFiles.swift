// Tables as files: CSV for programs, Markdown for a README. LaTeX is in LaTeXTable.swift.
import Files

extension Table {
  /// Comma-separated values under a row of titles (RFC 4180), with ASCII minus signs and nothing in
  /// cells that stand empty or for nothing. A column `warning` carries the words of warning, where
  /// there are any.
  package var csv: String {
    let words = warnings.words.joined(separator: " ")
    let header = columns.map(\.title) + (words.isEmpty ? [] : ["warning"])
    return CSVTable(
      header: header,
      rows: rows.map { row in
        row.map { $0.text.asPlainNumber } + (words.isEmpty ? [] : [words])
      }
    ).text
  }

  /// A table of GitHub's Markdown under its title, with the remark below.
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
  /// As a program reads it: "−1.2" as "-1.2", "12 345" (thin space) as "12345", "–" as nothing.
  fileprivate var asPlainNumber: String {
    self == "–"
      ? "" : replacing("−", with: "-").replacing("\u{2009}", with: "").replacing("\n", with: " ")
  }
}
