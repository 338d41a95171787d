// A table as a value: texts in rows and columns, with the facts that a reader needs.
// TableSlabs.swift lays it out; Forms writes it to files.
import Statistics

/// A table of the report.
package struct Table: Sendable, Equatable {
  /// A column: its header and the alignment of its cells.
  package struct Column: Sendable, Equatable {
    package var title: String
    package var alignment: Alignment = .trailing
    /// Whether its cells may wrap. Other cells stay whole if there is room.
    package var wraps = false
    /// A fixed share of the text width; nil to measure.
    var share: Double?

    /// A column of words.
    static func words(_ title: String, wraps: Bool = true, share: Double? = nil) -> Column {
      Column(title: title, alignment: .leading, wraps: wraps, share: share)
    }

    /// A column of numbers.
    static func number(_ title: String) -> Column { Column(title: title) }
  }

  /// A cell: its text and its emphasis.
  package struct Cell: Sendable, Equatable, ExpressibleByStringInterpolation {
    package var text: String
    var isBold = false
    var isQuiet = false
    /// A background colour, for tables that are read as maps.
    var fill: Color?

    package init(stringLiteral text: String) { self.text = text }
    init(_ text: String, isBold: Bool = false, isQuiet: Bool = false, fill: Color? = nil) {
      self.text = text
      self.isBold = isBold
      self.isQuiet = isQuiet
      self.fill = fill
    }
  }

  /// The kind of table, such as `tab-ablation`.
  package var kind: String
  /// The stem of its file names, unique in a report.
  package var name: String
  package var title: String
  package var warnings: Warnings
  package var columns: [Column]
  package var rows: [[Cell]]
  /// The text below the table.
  package var remark: String
  /// The values for a CSV file; nil if the texts of the cells serve.
  package var tidy: TidyTable?
  /// Rows with a stronger line above.
  var ruledRows: Set<Int> = []
  /// Whether to start with small type, for tables with many columns.
  var isDense = false

  /// - Precondition: every row has a cell for each column.
  init(
    kind: String, name: String, title: String, warnings: Warnings, columns: [Column],
    rows: [[Cell]], ruledRows: Set<Int> = [], remark: String = "", isDense: Bool = false
  ) {
    precondition(rows.allSatisfy { $0.count == columns.count }, "rows of other lengths in \(name)")
    (self.kind, self.name, self.title, self.warnings) = (kind, name, title, warnings)
    (self.columns, self.rows, self.ruledRows) = (columns, rows, ruledRows)
    (self.remark, self.isDense) = (remark, isDense)
    // An interval without width is explained wherever it is shown.
    if rows.joined().contains(where: { $0.text.contains(Estimate.Interval.degenerateMark) }) {
      self.remark += (remark.isEmpty ? "" : " ") + Estimate.Interval.degenerateNote
    }
  }
}
