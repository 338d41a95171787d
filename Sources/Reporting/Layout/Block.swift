// The content of a report before layout. PDF, HTML and the files of single tables and figures are
// made from the same blocks.

/// A part of a section.
package enum Block: Sendable {
  case paragraph(String, Voice)
  case bullet(String)
  case subheading(String)
  case space(Double)
  case table(Table)
  /// Side by side, two in a row. A single chart has the full width.
  case charts([any Chart])

  static func paragraph(_ text: String) -> Block { .paragraph(text, .plain) }
  static func remark(_ text: String) -> Block { .paragraph(text, .remark) }
  static func chart(_ chart: any Chart) -> Block { .charts([chart]) }
}

/// The style of a paragraph.
package enum Voice: String, Sendable {
  case plain, quiet, strong, alarm
  /// Small text below a table or figure.
  case remark

  var font: Font {
    switch self {
    case .plain, .quiet: Style.body
    case .strong, .alarm: Style.bodyBold
    case .remark: Style.caption
    }
  }

  var color: Color {
    switch self {
    case .plain, .strong: .ink
    case .quiet, .remark: .quiet
    case .alarm: .alarm
    }
  }
}

/// A section with an entry in the outline and table of contents.
package struct Section: Sendable {
  package var title: String
  /// 0 for a part, 1 for a section of the preceding part.
  package var level: Int
  package var warnings: Warnings
  package var blocks: [Block]
  /// Tables and figures that are on no page. The tables are written to files. Anything here may be
  /// asked for by its name, and by its kind if no page has one of that kind.
  package var extras: [Block] = []

  init(title: String, level: Int, warnings: Warnings, blocks: [Block] = []) {
    (self.title, self.level) = (title, level)
    (self.warnings, self.blocks) = (warnings, blocks)
  }

  package var charts: [any Chart] { blocks.charts }
  package var tables: [Table] { blocks.tables }
}

extension [Block] {
  package var charts: [any Chart] {
    flatMap { block -> [any Chart] in
      if case .charts(let charts) = block { charts } else { [] }
    }
  }

  package var tables: [Table] {
    compactMap { if case .table(let table) = $0 { table } else { nil } }
  }
}

/// The numbers of figures and tables for references in the text, in page order.
struct Numbering {
  private var figures: [String: Int] = [:]
  private var tables: [String: Int] = [:]

  init(_ sections: [Section]) {
    for (index, chart) in sections.flatMap(\.charts).enumerated() {
      figures[chart.label.name] = index + 1
    }
    for (index, table) in sections.flatMap(\.tables).enumerated() {
      tables[table.name] = index + 1
    }
  }

  /// "Figure 3. ", or nothing if the report does not contain the figure.
  func prefix(of label: ChartLabel) -> String {
    figures[label.name].map { "Figure \($0). " } ?? ""
  }

  func prefix(of table: Table) -> String { tables[table.name].map { "Table \($0). " } ?? "" }
}
