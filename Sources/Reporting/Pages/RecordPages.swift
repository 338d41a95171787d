// The last pages: where the numbers come from, and every setting.

extension Ruler {
  /// Returns a section of titled lists; long lists go over pages, long values over lines.
  func recordSection(_ title: String, _ lists: [KeyValueSection], warnings: Warnings) -> Section {
    var section = Section(title: title, level: 0, warnings: warnings, slabs: [])
    // One width of names in all lists, so that values stand in one column.
    let names = lists.flatMap(\.rows).map { width(of: $0.key, Style.table) }.max() ?? 0
    let nameWidth = min(names + 2 * Table.padding, Style.width * 0.45)
    for list in lists {
      section.slabs += subheading(list.title)
      section.slabs +=
        list.rows.isEmpty
        ? paragraph("–", Style.table)
        : Table(
          columns: [
            .init(title: "Name", alignment: .leading, width: nameWidth),
            .init(title: "Value", alignment: .leading, width: Style.width - nameWidth),
          ],
          rows: list.rows.map { [Table.Cell($0.key, isQuiet: true), Table.Cell($0.value)] }
        ).slabs(self)
    }
    return section
  }
}
