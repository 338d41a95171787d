// The widths of text in a paper's type, so that a table's place is known before LaTeX runs.

/// Measures text in Times, the type of IEEE's and ISCA's papers.
enum Times {
  /// Returns the advance of `text` at `size` points. Signs that LaTeX sets as mathematics count as
  /// the widest of them.
  static func width(of text: some StringProtocol, _ size: Double, isBold: Bool = false) -> Double {
    let table = isBold ? bold : regular
    return text.unicodeScalars.reduce(0) { sum, scalar in
      let code = Int(scalar.value) - 32
      if table.indices.contains(code) {
        let isSign = scalar == "<" || scalar == ">" || scalar == "|"
        return sum + Double(isSign ? 900 : table[code])
      }
      return sum + (narrow.contains(scalar) ? 500 : 1_000)
    } * size / 1_000
  }

  /// Other signs of at most half the size.
  private static let narrow: Set<Unicode.Scalar> = [
    "\u{a0}", "\u{2009}", "–", "·", "“", "”", "‘", "’", "°", "¹", "²", "³", "⁻", "†",
  ]

  /// Advances of the printable ASCII characters in thousandths of the size.
  ///
  /// Source: Adobe's metrics of Times-Roman and Times-Bold. The space is that of IEEEtran, which
  /// widens it from 250.
  private static let regular = [
    380, 333, 408, 500, 500, 833, 778, 333, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500,
    500, 500, 500, 500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667,
    722, 611, 556, 722, 722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611, 722,
    722, 944, 722, 722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500, 444, 333, 500,
    500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500,
    444, 480, 200, 480, 541,
  ]
  private static let bold = [
    380, 333, 555, 500, 500, 1000, 833, 333, 333, 333, 500, 570, 250, 333, 250, 278, 500, 500,
    500, 500, 500, 500, 500, 500, 500, 500, 333, 333, 570, 570, 570, 500, 930, 722, 667, 722,
    722, 667, 611, 778, 778, 389, 500, 778, 667, 944, 722, 778, 611, 778, 722, 556, 667, 722,
    722, 1000, 722, 722, 667, 333, 278, 333, 581, 500, 333, 500, 556, 444, 556, 444, 333, 500,
    556, 278, 333, 556, 278, 833, 556, 500, 556, 556, 444, 389, 333, 556, 500, 722, 500, 500,
    444, 394, 220, 394, 520,
  ]
}

/// A size of a paper's small type.
package enum LaTeXSize: String, Sendable, CaseIterable {
  case footnotesize
  /// The smallest that IEEE's pages can be read at.
  case scriptsize

  /// In a document of 10 points.
  package var points: Double { self == .footnotesize ? 8 : 7 }
  /// Half the white space between columns.
  var gap: Double { self == .footnotesize ? 3 : 2.5 }
  var lineHeight: Double { self == .footnotesize ? 9.5 : 8.4 }
}

/// How a table fits a two-column page.
package struct LaTeXLayout: Sendable, Equatable {
  package var width: FigureWidth
  package var size: LaTeXSize
  /// The columns of each part. A table that is too wide for a page is divided, and each part
  /// repeats the first column.
  package var parts: [[Int]]
  /// The width of each column's paragraphs; nil for a column whose cells stay on one line.
  var paragraphs: [Double?]
  /// The widths that the columns need.
  var widths: [Double]

  /// The width of a part.
  package func width(of part: [Int]) -> Double {
    part.reduce(0) { $0 + widths[$1] } + 2 * size.gap * Double(max(0, part.count - 1))
  }
}

extension Table {
  /// The layout for LaTeX: one column of the page if the table fits it, else both, at the larger of
  /// the two sizes that fits. Columns of words may wrap in a table over both columns.
  package var latexLayout: LaTeXLayout {
    let all = Array(columns.indices)
    var layout = LaTeXLayout(
      width: .column, size: .footnotesize, parts: [all], paragraphs: all.map { _ in nil },
      widths: all.map { _ in 0 })
    for width in FigureWidth.allCases {
      for size in LaTeXSize.allCases {
        // Headers of two lines if there is room, else of a word a line.
        for headLines in [2, Int.max] {
          (layout.width, layout.size) = (width, size)
          layout.widths = all.map { natural($0, size, headLines) }
          if layout.width(of: all) <= width.texPoints { return layout }
        }
      }
    }
    for size in LaTeXSize.allCases {
      (layout.size, layout.widths) = (size, all.map { least($0, size) })
      if layout.width(of: all) <= FigureWidth.page.texPoints { return wrapped(layout) }
    }
    layout.widths = layout.widths.map { min($0, FigureWidth.page.texPoints / 2 - 10) }
    layout.parts = []
    var part = [0]
    for column in all.dropFirst() {
      if part.count > 1, layout.width(of: part + [column]) > FigureWidth.page.texPoints {
        layout.parts.append(part)
        part = [0]
      }
      part.append(column)
    }
    layout.parts.append(part)
    guard layout.parts.count > 1 else { return wrapped(layout) }
    // Parts of about equal widths look better than a narrow last one.
    let share = (columns.count - 2) / layout.parts.count + 1
    let even = stride(from: 1, to: columns.count, by: share).map { start in
      [0] + Array(start..<min(start + share, columns.count))
    }
    if even.allSatisfy({ layout.width(of: $0) <= FigureWidth.page.texPoints }) {
      layout.parts = even
    }
    return wrapped(layout)
  }

  /// Gives the white space beside the least widths to the columns that wrap, the narrowest first.
  private func wrapped(_ layout: LaTeXLayout) -> LaTeXLayout {
    var layout = layout
    let natural = columns.indices.map { self.natural($0, layout.size, Int.max) }
    for part in layout.parts {
      // Only the last part may set the first column, which all of them share.
      let open = part.filter { mayWrap($0) && (layout.parts.count == 1 || $0 > 0) }
        .sorted { (natural[$0], $0) < (natural[$1], $1) }
      for (place, column) in open.enumerated() {
        let spare = FigureWidth.page.texPoints - layout.width(of: part) - 0.1
        let share = max(0, spare) / Double(open.count - place)
        layout.widths[column] = min(natural[column], layout.widths[column] + share)
      }
    }
    for column in columns.indices where layout.widths[column] < natural[column] - 0.01 {
      layout.paragraphs[column] = layout.widths[column]
    }
    return layout
  }

  private func mayWrap(_ column: Int) -> Bool {
    columns[column].alignment == .leading
      && (columns[column].wraps || rows.contains { $0[column].text.count > 26 })
  }

  /// The width without wrapped cells.
  private func natural(_ column: Int, _ size: LaTeXSize, _ headLines: Int) -> Double {
    rows.reduce(headWidth(column, size, headLines)) {
      max($0, Times.width(of: $1[column].text, size.points, isBold: $1[column].isBold))
    }
  }

  /// The width of the longest part of a cell that stays together.
  private func least(_ column: Int, _ size: LaTeXSize) -> Double {
    guard mayWrap(column) else { return natural(column, size, Int.max) }
    return rows.reduce(headWidth(column, size, Int.max)) { width, row in
      row[column].text.latexPieces.reduce(width) {
        max($0, Times.width(of: $1, size.points, isBold: row[column].isBold))
      }
    }
  }

  /// The least width of a header of at most as many lines, broken between words.
  private func headWidth(_ column: Int, _ size: LaTeXSize, _ lines: Int) -> Double {
    func width(_ words: some Sequence<Substring>) -> Double {
      Times.width(of: words.joined(separator: " "), size.points, isBold: true)
    }
    let words = columns[column].title.split(separator: " ")
    guard lines < words.count else { return words.reduce(0) { max($0, width([$1])) } }
    return (1..<max(2, words.count)).reduce(width(words)) {
      min($0, max(width(words.prefix($1)), width(words.dropFirst($1))))
    }
  }
}

extension StringProtocol {
  /// The parts of a text between which LaTeX may end a line: words, and long words after some signs
  /// or every twelve characters.
  var latexPieces: [String] {
    split { $0 == " " || $0 == "\n" }.flatMap { word -> [String] in
      guard word.count > 20 else { return [String(word)] }
      var pieces = [""]
      for character in word {
        pieces[pieces.count - 1].append(character)
        if "/-_.,:=·|".contains(character) || pieces[pieces.count - 1].count >= 12 {
          pieces.append("")
        }
      }
      return pieces.filter { !$0.isEmpty }
    }
  }
}
