// The comparison as plain text: a table, then the reasons.

extension Comparison {
  /// The rows in aligned columns, then each reason once. Rows refer to reasons by number.
  package var text: String {
    guard !rows.isEmpty else { return "no baseline is recorded for any corpus of this run\n" }
    var notes: [String] = []
    func number(_ note: String) -> String {
      if let index = notes.firstIndex(of: note) { return "[\(index + 1)]" }
      notes.append(note)
      return "[\(notes.count)]"
    }
    let head = [
      "corpus", "system", "cells", "baseline", "figure", "ours", "theirs", "difference", "",
    ]
    let body = rows.map { row in
      [
        row.corpus + (row.synthetic ? " SYNTHETIC" : ""), row.system, row.cells,
        "\(row.baseline) (\(row.kind.rawValue))",
        "\(row.metric.abbreviation), \(row.averagingName)",
        row.oursText, row.theirsText, row.differenceText,
        row.notes.map(number).joined(separator: " "),
      ]
    }
    let widths = head.indices.map { column in ([head] + body).map { $0[column].count }.max() ?? 0 }
    let lines = ([head] + body).map { cells in
      let line = zip(cells, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }.joined(separator: "  ")
      return line.replacing(/\ +$/, with: "")
    }
    let footnotes = notes.enumerated().map { "[\($0.offset + 1)] \($0.element)" }
    let definitions = [
      "figures in per cent: mean ± standard deviation, over seeds if pooled, otherwise over "
        + "folds: a spread, not an error bar"
    ]
    return (lines + definitions + footnotes).joined(separator: "\n") + "\n"
  }
}

extension Comparison.Row {
  /// The run's figure, such as "57.7 ± 1.2".
  package var oursText: String {
    guard let ours else { return "–" }
    return fixed(ours, digits: 1) + (spread.map { " ± " + fixed($0, digits: 1) } ?? "")
  }

  /// The baseline's figure.
  package var theirsText: String {
    if case .refused = comparability { return "refused" }
    return theirs.map { fixed($0, digits: kind == .published ? 2 : 1) } ?? "not recorded"
  }

  /// The signed difference in points.
  package var differenceText: String {
    difference.map { ($0 < 0 ? "-" : "+") + fixed(abs($0), digits: 1) } ?? "–"
  }

  /// Why the figures cannot be compared, and other remarks.
  package var notes: [String] {
    switch comparability {
    case .comparable: caveats
    case .shownOnly(let reasons): reasons.map { "not subtracted: " + $0 } + caveats
    case .refused(let reason): ["refused: " + reason]
    }
  }

  fileprivate var averagingName: String {
    switch averaging {
    case .pooled, .notStated: "pooled"
    case .meanOverFolds: "mean over folds"
    case .meanOverSpeakers: "mean over speakers"
    }
  }
}
