// A table as a value: texts in rows and columns, with what a reader must know to read it. How it is
// laid out is in TableSlabs.swift, how it becomes a file in Forms.

/// A table of the report.
package struct Table: Sendable, Equatable {
  /// A column: what stands in its head and how its cells are set.
  package struct Column: Sendable, Equatable {
    package var title: String
    package var alignment: Alignment = .trailing
    /// Whether its cells may be broken into lines; others stay whole where there is room.
    package var wraps = false
    /// The share of the text width to keep; nil to measure.
    var share: Double?

    /// A column of words.
    static func words(_ title: String, wraps: Bool = true, share: Double? = nil) -> Column {
      Column(title: title, alignment: .leading, wraps: wraps, share: share)
    }

    /// A column of numbers.
    static func number(_ title: String) -> Column { Column(title: title) }
  }

  /// A cell: its text, and how it stands out.
  package struct Cell: Sendable, Equatable, ExpressibleByStringInterpolation {
    package var text: String
    var isBold = false
    var isQuiet = false
    /// A background, for tables that are read as maps.
    var fill: Color?

    package init(stringLiteral text: String) { self.text = text }
    init(_ text: String, isBold: Bool = false, isQuiet: Bool = false, fill: Color? = nil) {
      self.text = text
      self.isBold = isBold
      self.isQuiet = isQuiet
      self.fill = fill
    }
  }

  /// What kind of table it is: `tab-ablation`.
  package var kind: String
  /// The stem of its file names, unique in a report.
  package var name: String
  package var title: String
  package var warnings: Warnings
  package var columns: [Column]
  package var rows: [[Cell]]
  /// What stands below it.
  package var remark: String
  /// Rows before which a stronger line is drawn.
  var ruledRows: Set<Int> = []
  /// Whether the type is small from the start, for tables of many columns.
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
  }
}
