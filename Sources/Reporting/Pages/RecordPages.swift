// The last pages: where the numbers come from, and every setting.

extension Ruler {
  /// Returns a section of titled lists; long lists go over pages, long values over lines.
  func recordSection(_ title: String, _ lists: [KeyValueSection], warnings: Warnings) -> Section {
    var section = Section(title: title, level: 0, warnings: warnings, slabs: [])
    for list in lists {
      section.slabs += subheading(list.title)
      section.slabs +=
        list.rows.isEmpty
        ? paragraph("–", Style.table)
        : Table(
          columns: [
            .init(title: "Name", alignment: .leading, wraps: true),
            .init(title: "Value", alignment: .leading, wraps: true),
          ],
          rows: list.rows.map { [Table.Cell($0.key, isQuiet: true), Table.Cell($0.value)] },
          fillsWidth: false
        ).slabs(self)
    }
    return section
  }
}
