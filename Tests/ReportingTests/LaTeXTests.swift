// Tables in a two-column paper: their widths and sizes, and what a real LaTeX says.
import Foundation
import Reporting
import Samples
import TestSupport
import Testing

private let latex = SystemProgram("pdflatex")
private let samples: [Sample] = [.quick, .real, .awkward, .least, .many, .grid]

@Suite struct `Tables for LaTeX` {
  @Test func `and figures are as wide as IEEE's columns`() {
    for width in FigureWidth.allCases {
      // Figures are measured in points of 1/72 inch.
      let figure = width.points * 72.27 / 72
      #expect(figure <= width.texPoints && figure > width.texPoints - 1)
    }
  }

  @Test(arguments: samples)
  func `fit a column or a page of IEEE's papers, at 7 points or more`(sample: Sample) throws {
    for table in try Report(makeContent(sample)).tables {
      let layout = table.latexLayout
      #expect(layout.size.points >= 7)
      for part in layout.parts {
        let width = layout.width(of: part)
        #expect(width <= layout.width.texPoints + 0.01, "\(table.name): \(width) pt")
        #expect(part.first == 0)
      }
      // Every column stands in exactly one part, but for the first.
      let others = layout.parts.flatMap { $0.dropFirst() }
      #expect(others == Array(table.columns.indices.dropFirst()))
      let text = table.latex
      #expect(!text.contains("\\resizebox") && !text.contains("\\tiny"))
      let float = layout.width == .column ? "table" : "table*"
      #expect(text.contains("\\begin{\(float)}") && text.contains("\\end{\(float)}"))
      #expect(text.contains("\\\(layout.size.rawValue)"))
      // All floats of a table have one number.
      let floats = text.ranges(of: "\\begin{\(float)}").count
      #expect(text.ranges(of: "\\addtocounter{table}{-1}").count == floats - 1)
    }
  }

  @Test func `are set over both columns, smaller or in parts only if they must be`() throws {
    var table = try #require(Report(makeContent(.real)).tables.first { $0.name == "scores" })
    func set(_ columns: Int, _ letters: Int) -> LaTeXLayout {
      var column = table.columns[0]
      (column.title, column.alignment) = ("WA", .trailing)
      table.columns = Array(repeating: column, count: columns)
      let cell = Table.Cell(stringLiteral: String(repeating: "0", count: letters))
      table.rows = [Array(repeating: cell, count: columns)]
      return table.latexLayout
    }
    // A digit is half the size; 6 or 5 points lie between columns.
    func width(_ columns: Double, _ letters: Double, _ size: Double, _ gap: Double) -> Double {
      columns * letters * size / 2 + (columns - 1) * gap
    }
    let small = set(6, 9)
    #expect(small.width == .column && small.size == .footnotesize && small.parts.count == 1)
    #expect(abs(small.width(of: [0, 1, 2, 3, 4, 5]) - width(6, 9, 8, 6)) < 0.01)
    let tight = set(6, 10)
    #expect(tight.width == .column && tight.size == .scriptsize)
    #expect(width(6, 10, 8, 6) > 252 && width(6, 10, 7, 5) <= 252)
    let wide = set(10, 10)
    #expect(wide.width == .page && wide.size == .footnotesize)
    let widest = set(12, 10)
    #expect(widest.width == .page && widest.size == .scriptsize && widest.parts.count == 1)
    #expect(set(24, 10).parts.count == 2)
  }

  @Test func `become several floats with one number if they are taller than a page`() throws {
    var table = try #require(Report(makeContent(.real)).tables.first { $0.name == "scores" })
    let row = try #require(table.rows.first)
    func floats(_ rows: Int) -> Int {
      table.rows = Array(repeating: row, count: rows)
      return table.latex.ranges(of: "\\begin{tabular}{@{}").count
    }
    #expect(floats(10) == 1)
    #expect(floats(150) > 2)
    #expect(table.latex.contains("(continued)"))
    #expect(table.latex.ranges(of: "\\label{tab:scores}").count == 1)
  }

  @Test(
    .enabled(if: latex != nil, "pdflatex is not installed (texlive-latex-recommended)"),
    .timeLimit(.minutes(30)), arguments: samples)
  func `are compiled by a real LaTeX without a box too wide, and not with an escape left out`(
    sample: Sample
  ) throws {
    let tables = try Report(makeContent(sample)).tables.map(\.latex)
    try withTemporaryFolder { folder in
      let (status, log) = try compile(tables, in: folder)
      #expect(status == 0, "\(log.suffix(2000))")
      #expect(log.contains("Output written on all.pdf"))
      #expect(overfull(log) < 1, "\(overfull(log)) pt too wide")
      // Negative controls.
      let spoiled = tables.map { $0.replacing("\\%", with: "\\undefined") }
      #expect(spoiled != tables)
      #expect(try compile(spoiled, in: folder).0 != 0)
      let long = String(repeating: "0", count: 150)
      let wide = tables[0].replacing("\\midrule", with: "\\midrule \(long) \\\\")
      #expect(overfull(try compile([wide], in: folder).1) > 1)
    }
  }

  /// How far the widest box extends into the margin, in points.
  private func overfull(_ log: String) -> Double {
    log.matches(of: /Overfull \\hbox \(([0-9.]+)pt too wide/).compactMap { Double($0.1) }.max() ?? 0
  }

  /// Compiles in IEEE's class where it is installed, else in two columns as wide.
  private func compile(_ tables: [String], in folder: String) throws -> (Int32, String) {
    let hasClass = FileManager.default.fileExists(
      atPath: "/usr/share/texlive/texmf-dist/tex/latex/ieeetran/IEEEtran.cls")
    let head =
      hasClass
      ? "\\documentclass[journal]{IEEEtran}"
      : """
      \\documentclass[twocolumn]{article}\\usepackage{mathptmx}
      \\usepackage[textwidth=516pt,columnsep=12pt,textheight=680pt]{geometry}
      """
    let document = """
      \(head)
      \\usepackage[T1]{fontenc}\\usepackage[utf8]{inputenc}
      \\usepackage{booktabs,array}
      \\begin{document}
      \(tables.joined(separator: "\n\\clearpage\n"))
      \\end{document}
      """
    try Data(document.utf8).write(to: URL(fileURLWithPath: folder + "/all.tex"))
    return try #require(latex).run(
      ["-interaction=nonstopmode", "-halt-on-error", "all.tex"], in: folder)
  }
}
