// Tables for LaTeX. A document needs \usepackage{booktabs,array,graphicx}, and longtable for long
// tables.
import Evaluation
import Files

extension Table {
  /// A table with more rows may continue on the next page.
  private static let longest = 40

  /// A `table` with caption, label and booktabs rules, scaled down if it is wider than the line. A
  /// table with many rows becomes a `longtable`.
  package var latex: String {
    let isLong = rows.count > Table.longest
    let spec = columnSpecification
    let head = columns.map { "\\textbf{\($0.title.latexEscaped)}" }.joined(separator: " & ")
    let title = "\\caption{\((warnings.prefix + title).latexEscaped).}\\label{tab:\(name)}"
    var lines = [
      """
      % \(warnings.prefix)\(name), written by Reprise; needs booktabs, array, \
      \(isLong ? "longtable" : "graphicx").
      """
    ]
    if isLong {
      lines += [
        "{\\small\\setlength{\\tabcolsep}{3pt}", "\\begin{longtable}{\(spec)}", "\(title)\\\\",
        "\\toprule", "\(head) \\\\", "\\midrule", "\\endfirsthead", "\\toprule", "\(head) \\\\",
        "\\midrule", "\\endhead",
      ]
    } else {
      lines += [
        "\\begin{table}[tbp]", "\\centering", title, "\\small\\setlength{\\tabcolsep}{3pt}",
        "\\sbox0{\\begin{tabular}{\(spec)}", "\\toprule", "\(head) \\\\", "\\midrule",
      ]
    }
    for (index, row) in rows.enumerated() {
      if index > 0, ruledRows.contains(index) { lines.append("\\midrule") }
      lines.append(row.map(\.latex).joined(separator: " & ") + " \\\\")
    }
    lines.append("\\bottomrule")
    lines +=
      isLong
      ? ["\\end{longtable}}"]
      : [
        "\\end{tabular}}",
        "\\ifdim\\wd0>\\linewidth\\resizebox{\\linewidth}{!}{\\usebox0}\\else\\usebox0\\fi",
      ]
    if !remark.isEmpty {
      lines.append(
        isLong
          ? "\\par{\\footnotesize \(remark.latexEscaped)}\\par"
          : "\\par\\smallskip\\parbox{\\linewidth}{\\footnotesize \(remark.latexEscaped)}")
    }
    if !isLong { lines.append("\\end{table}") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Columns with long text become paragraphs that share the line.
  private var columnSpecification: String {
    let long = columns.indices.filter { index in
      columns[index].alignment == .leading && rows.contains { $0[index].text.count > 26 }
    }
    let width = fixed(min(0.4, 0.7 / Double(max(1, long.count))), digits: 2)
    return columns.indices.map { index in
      long.contains(index)
        ? ">{\\raggedright\\arraybackslash}p{\(width)\\linewidth}"
        : columns[index].alignment == .trailing ? "r" : "l"
    }.joined()
  }
}

extension Table.Cell {
  fileprivate var latex: String {
    isBold && !text.isEmpty ? "\\textbf{\(text.latexEscaped)}" : text.latexEscaped
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
  "\u{a0}": "~", "°": "$^\\circ$",
]
