// An inspection as plain text in columns, for a terminal.

extension CorpusInspection {
  /// The inspection as lines of text. Unexpected numbers are marked.
  package var table: String {
    var lines = ["\(isSynthetic ? "SYNTHETIC " : "")\(corpus) at \(path)"]
    lines.append("fingerprint \(fingerprint)")
    lines.append(
      (isIncomplete ? "INCOMPLETE: " : "complete: ") + summary)
    lines += likelyCauses.map { "  " + $0 }
    lines += (warnings ?? []).map { "WARNING: " + $0 } + (remarks ?? []).map(visible)
    if let sentence = copies?.sentence { lines.append("copies: " + sentence) }
    lines += section("", [total])
    lines += section("class", classes)
    lines += section("fold", folds)
    if !foldGroups.isEmpty { lines += section("several folds", foldGroups) }
    lines += crossTable
    if !speakers.isEmpty { lines += section("speaker", speakers) }
    lines.append("")
    lines.append(exclusions.isEmpty ? "nothing was left out" : "left out")
    for group in exclusions {
      lines.append(
        "  \(padded(String(group.count), to: 6))  \(group.reason): "
          + visible(group.examples.joined(separator: ", "))
          + (group.count > group.examples.count ? " …" : ""))
    }
    if skipped > 0 {
      lines.append("skipped: \(skipped) of these, which are no part of the corpus")
    }
    if !missing.isEmpty { lines.append("missing: " + shortList(missing)) }
    if !extra.isEmpty { lines.append("extra: " + shortList(extra)) }
    if !unreadable.isEmpty { lines.append("cannot be read: " + shortList(unreadable)) }
    lines += (labels?.lines ?? []) + [labels?.note].compactMap { $0 }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Rows with name, found and expected.
  private func section(_ title: String, _ rows: [Row]) -> [String] {
    let names = rows.map { $0.name + ($0.sex.map { " (\($0.rawValue))" } ?? "") }
    let width = ([title] + names).map(\.count).max() ?? 0
    let header = [
      "", "\(padded(title, to: -width))  \(padded("found", to: 7))  \(padded(expectedFrom, to: 9))",
    ]
    return header
      + zip(names, rows).map { name, row in
        let name = padded(name, to: -width)
        let expected = padded(
          row.expected.map(String.init) ?? "–", to: max(9, expectedFrom.count))
        return "\(name)  \(padded(String(row.found), to: 7))  \(expected)\(mark(row))"
      }
  }

  /// A row per fold and a column per class, with `found/expected` if they differ.
  private var crossTable: [String] {
    let cells = classesInFolds.map { row in
      mark(row).isEmpty ? "\(row.found)" : "\(row.found)/\(row.expected ?? 0)"
    }
    let width = max(9, (cells + classes.map(\.name)).map(\.count).max() ?? 0)
    let header = "fold" + classes.map { "  " + padded($0.name, to: width) }.joined()
    return ["", header]
      + folds.indices.map { fold in
        let row = cells[fold * classes.count..<(fold + 1) * classes.count]
        return padded(String(fold + 1), to: 4) + row.map { "  " + padded($0, to: width) }.joined()
      }
  }

  private func mark(_ row: Row) -> String {
    row.expected.map { $0 == row.found ? "" : "  differs" } ?? ""
  }
}

/// Returns `text` padded with leading spaces to `width`, or with trailing spaces to `-width` if it
/// is negative.
private func padded(_ text: String, to width: Int) -> String {
  let blanks = String(repeating: " ", count: max(0, abs(width) - text.count))
  return width < 0 ? text + blanks : blanks + text
}
