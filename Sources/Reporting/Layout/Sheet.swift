// Paper sizes and their text areas, in points.

/// The paper of a report.
package enum Paper: String, Sendable, CaseIterable {
  case a4
  case letter

  /// ISO 216 A4, or 8.5 × 11 inches.
  package var size: Size {
    switch self {
    case .a4: Size(595.28, 841.89)
    case .letter: Size(612, 792)
    }
  }
}

/// The grid of a page.
package struct Sheet: Sendable {
  package let page: Size
  let margin = 48.0
  /// The top of the text area.
  let top = 74.0

  package init(_ paper: Paper) { page = paper.size }

  /// The bottom of the text area.
  var bottom: Double { page.height - 54 }
  /// The width of the text.
  package var width: Double { page.width - 2 * margin }
}

/// The widths of figures for a two-column paper, in points.
package enum FigureWidth: String, Sendable, CaseIterable {
  /// One column of IEEE's two-column pages, slightly wider than ISCA's 80 mm.
  case column
  /// Both columns.
  case page

  package var points: Double {
    switch self {
    case .column: 251
    case .page: 514
    }
  }

  /// The width in TeX's points, 72.27 an inch: IEEEtran's `\columnwidth` and `\textwidth`.
  package var texPoints: Double {
    switch self {
    case .column: 252
    case .page: 516
    }
  }
}
