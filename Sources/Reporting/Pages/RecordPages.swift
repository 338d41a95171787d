// The last pages: the origin of the numbers, and every setting.

/// Returns a section of titled lists, one table each.
///
/// - Parameter kind: the kind of the tables, such as `tab-provenance`.
func recordSection(
  _ title: String, kind: String, _ lists: [KeyValueSection], warnings: Warnings
) -> Section {
  let tables = lists.enumerated().map { index, list in
    let short = kind.split(separator: "-").dropFirst().joined(separator: "-")
    return Block.table(
      Table(
        kind: kind, name: "\(short)-\(index + 1)-\(slug(list.title))",
        title: "\(title): \(list.title)", warnings: warnings,
        columns: [.words("Name", share: 0.38), .words("Value", share: 0.62)],
        rows: (list.rows.isEmpty ? [.init("–", "–")] : list.rows).map {
          [Table.Cell($0.key, isQuiet: true), Table.Cell($0.value)]
        }))
  }
  return Section(title: title, level: 0, warnings: warnings, blocks: tables)
}
