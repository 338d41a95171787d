// Tables for LaTeX's two-column papers. A document needs \usepackage{booktabs,array}.
import Evaluation
import Files

extension Table {
  /// The tallest float, in points, without its caption.
  private static let tallest = 560.0

  /// A `table` for one column of a paper, or a `table*` for both, with caption, label, booktabs
  /// rules and the remark below. It is never scaled: `latexLayout` chooses the size. A table taller
  /// than a page becomes several floats with one number.
  package var latex: String {
    let layout = latexLayout
    let float = layout.width == .column ? "table" : "table*"
    let floats = self.floats(layout)
    var lines = ["% \(warnings.prefix)\(name), written by Reprise; needs booktabs, array."]
    for (index, tabulars) in floats.enumerated() {
      let words = (warnings.prefix + title).latexEscaped
      let caption =
        index == 0
        ? "\\caption{\(words).}\\label{tab:\(name)}"
        : "\\addtocounter{table}{-1}\\caption{\(words) (continued).}"
      lines += [
        "\\begin{\(float)}[\(layout.width == .column ? "!tbp" : "!tp")]", "\\centering", caption,
        "\\\(layout.size.rawValue)\\setlength{\\tabcolsep}{\(layout.size.gap)pt}",
      ]
      for (place, tabular) in tabulars.enumerated() {
        if place > 0 { lines.append("\\par\\medskip") }
        lines += tabular
      }
      if index == floats.count - 1, !remark.isEmpty {
        lines.append(
          "\\par\\smallskip\\parbox{\\linewidth}{\\footnotesize\\raggedright "
            + "\(remark.latexBroken)}")
      }
      lines.append("\\end{\(float)}")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: Parts

  /// The lines of every `tabular`, by float.
  private func floats(_ layout: LaTeXLayout) -> [[[String]]] {
    var floats: [[[String]]] = [[]]
    // The remark stands below the last float.
    var height = 0.0
    let remarkHeight =
      (Times.width(of: remark, 8) / layout.width.texPoints).rounded(.up) * 10 + 20
    for part in layout.parts {
      for chunk in chunks(part, layout, Table.tallest - remarkHeight) {
        let needed = chunk.reduce(24) { $0 + rowHeight(rows[$1], part, layout) }
        if height > 0, height + needed > Table.tallest - remarkHeight {
          floats.append([])
          height = 0
        }
        height += needed
        floats[floats.count - 1].append(tabular(part, chunk, layout))
      }
    }
    return floats
  }

  /// The rows of a part in groups that fit a page, of about equal heights.
  private func chunks(_ part: [Int], _ layout: LaTeXLayout, _ limit: Double) -> [Range<Int>] {
    let heights = rows.map { rowHeight($0, part, layout) }
    let total = heights.reduce(0, +)
    let room = max(100, limit - 24)
    let share = total / max(1, (total / room).rounded(.up))
    var chunks: [Range<Int>] = []
    var (start, height) = (0, 0.0)
    for (row, needed) in heights.enumerated() {
      let isFull = height >= share || height + needed > room
      if row > start, isFull {
        chunks.append(start..<row)
        (start, height) = (row, 0)
      }
      height += needed
    }
    return chunks + [start..<rows.count]
  }

  private func rowHeight(_ row: [Cell], _ part: [Int], _ layout: LaTeXLayout) -> Double {
    let lines = part.reduce(1.0) { most, column in
      guard let width = layout.paragraphs[column] else { return most }
      // Ragged lines are three quarters full.
      let length = Times.width(of: row[column].text, layout.size.points)
      return max(most, (length / (0.75 * width)).rounded(.up))
    }
    return lines * layout.size.lineHeight
  }

  private func tabular(_ part: [Int], _ chunk: Range<Int>, _ layout: LaTeXLayout) -> [String] {
    let specification = part.map { column in
      if let width = layout.paragraphs[column] {
        return ">{\\raggedright\\arraybackslash}p{\(fixed(width, digits: 1))pt}"
      }
      return columns[column].alignment == .trailing ? "r" : "l"
    }.joined()
    let head = part.map { headCell($0, layout) }.joined(separator: " & ")
    var lines = [
      "\\begin{tabular}{@{}\(specification)@{}}", "\\toprule", "\(head) \\\\", "\\midrule",
    ]
    for index in chunk {
      if index > chunk.lowerBound, ruledRows.contains(index) { lines.append("\\midrule") }
      let cells = part.map { rows[index][$0].latex(breaks: layout.paragraphs[$0] != nil) }
      lines.append(cells.joined(separator: " & ") + " \\\\")
    }
    return lines + ["\\bottomrule", "\\end{tabular}"]
  }

  /// A header in bold type, in as many lines as its column's width asks for.
  private func headCell(_ column: Int, _ layout: LaTeXLayout) -> String {
    var lines: [String] = []
    for word in columns[column].title.split(separator: " ") {
      let candidate = lines.last.map { $0 + " " + word } ?? String(word)
      let width = Times.width(of: candidate, layout.size.points, isBold: true)
      if lines.isEmpty || width > layout.widths[column] {
        lines.append(String(word))
      } else {
        lines[lines.count - 1] = candidate
      }
    }
    let bold = lines.map { "\\textbf{\($0.latexEscaped)}" }
    guard bold.count > 1 else { return bold.first ?? "" }
    let side = columns[column].alignment == .trailing ? "r" : "l"
    return "\\begin{tabular}[b]{@{}\(side)@{}}\(bold.joined(separator: "\\\\"))\\end{tabular}"
  }
}

extension Table.Cell {
  fileprivate func latex(breaks: Bool) -> String {
    let words = breaks ? text.latexBroken : text.latexEscaped
    return isBold && !text.isEmpty ? "\\textbf{\(words)}" : words
  }
}

extension String {
  /// The text with LaTeX's special characters escaped. Signs that LaTeX's old fonts lack become
  /// mathematics.
  package var latexEscaped: String {
    var text = ""
    for scalar in replacing("\n", with: " ").replacing("\t", with: " ").onOneLine.unicodeScalars {
      text += latexSigns[scalar] ?? String(scalar)
    }
    return text
  }

  /// The same text, with places where a long word may be broken.
  fileprivate var latexBroken: String {
    split { $0 == " " || $0 == "\n" }.map { word in
      word.latexPieces.map(\.latexEscaped).joined(separator: "\\allowbreak{}")
    }.joined(separator: " ")
  }
}
/// Everything else is written unchanged, in UTF-8.
private let latexSigns: [Unicode.Scalar: String] = [
  "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "%": "\\%", "&": "\\&", "#": "\\#",
  "$": "\\$", "_": "\\_", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "<": "$<$",
  ">": "$>$", "|": "$|$", "−": "$-$", "±": "$\\pm$", "×": "$\\times$", "·": "$\\cdot$",
  "Δ": "$\\Delta$", "α": "$\\alpha$", "β": "$\\beta$", "λ": "$\\lambda$", "σ": "$\\sigma$",
  "τ": "$\\tau$", "ε": "$\\varepsilon$", "γ": "$\\gamma$", "µ": "$\\mu$", "μ": "$\\mu$",
  "θ": "$\\theta$", "Σ": "$\\Sigma$", "√": "$\\surd$", "≥": "$\\ge$", "≤": "$\\le$",
  "≈": "$\\approx$", "∞": "$\\infty$", "→": "$\\to$", "←": "$\\leftarrow$", "⁻": "$^-$",
  "¹": "$^1$", "²": "$^2$", "³": "$^3$", "½": "$\\frac12$", "–": "--", "—": "---",
  "“": "``", "”": "''", "‘": "`", "’": "'", "…": "\\ldots{}", "\u{2009}": "\\,",
  "\u{a0}": "~", "°": "$^\\circ$", "†": "$^\\dagger$",
]
