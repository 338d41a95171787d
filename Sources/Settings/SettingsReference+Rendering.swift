// Writes the table of settings as text for the terminal and as the Markdown of docs/settings.md.

extension SettingsReference {
  /// The table as Markdown, with one section per group of settings. docs/settings.md holds this
  /// text.
  package static var markdown: String {
    var lines = [
      "# Settings",
      "",
      "Which settings may an experiment file change, and what are their defaults?",
      "",
      "    reprise settings        # this list",
      "",
      "[runs.md](runs.md) shows an experiment file. The defaults below are those of the compact",
      "backbone and the profile `standard`. The source of a default is one of these:",
      "",
      "| source | |",
      "|---|---|",
    ]
    lines += SettingSource.allCases.map { "| \($0.rawValue) | \($0.title) |" }
    var section = ""
    for row in rows {
      if row.section != section {
        section = row.section
        lines += [
          "", "## \(section)", "", "| key | default | unit | allowed | source | meaning |",
          "|---|---|---|---|---|---|",
        ]
      }
      lines.append(
        "| `\(row.key)` | \(row.value) | \(row.declaration.unit) | \(row.allowed) | "
          + "\(row.declaration.source.rawValue) | \(row.declaration.meaning) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The table as text in columns: key, default with its unit, and meaning.
  package static var text: String {
    let rows = rows
    let cells = rows.map { row in
      (row.path, row.declaration.unit.isEmpty ? row.value : "\(row.value) \(row.declaration.unit)")
    }
    let widths = (
      cells.map(\.0.count).max() ?? 0, cells.map(\.1.count).max() ?? 0
    )
    return zip(rows, cells).map { row, cell in
      "\(padded(cell.0, widths.0))  \(padded(cell.1, widths.1))  \(row.declaration.meaning) "
        + "[\(row.allowed); \(row.declaration.source.rawValue)]\n"
    }.joined()
  }

  private struct Row {
    let section: String
    let key: String
    let value: String
    let allowed: String
    let declaration: SettingDeclaration

    var path: String { section + "." + key }
  }

  private static var rows: [Row] {
    zip(tree().leaves, entries).map { leaf, entry in
      let names = leaf.path.split(separator: ".", maxSplits: 1).map(String.init)
      return Row(
        section: names[0], key: names[1], value: leaf.value.text ?? "",
        allowed: entry.allowed?.description ?? leaf.value.kind,
        declaration: entry.declaration)
    }
  }
}

private func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}
