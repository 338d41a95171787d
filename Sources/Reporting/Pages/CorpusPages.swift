// The opening page of a corpus: its protocol, its counts, and who speaks in which fold.

extension CorpusReport {
  /// Returns the section on the utterances themselves.
  func dataSetSection(_ ruler: Ruler) -> Section {
    let bars = ClassBars(
      name: "\(name)-classes", title: "\(displayName): utterances per class",
      caption: "n = \(grouped(dataset.counts.reduce(0, +))) utterances of "
        + "\(dataset.speakers.count) \(dataset.speakers.count == 1 ? "speaker" : "speakers"). "
        + (dataset.publishedCounts == nil
          ? "No published counts to hold them to."
          : "Black ticks: the published counts."),
      warnings: warnings, classes: classes, counts: dataset.counts,
      published: dataset.publishedCounts
    ).figure(width: Style.width, ruler: ruler)
    var section = Section(
      title: "\(displayName): data and protocol", level: 0, warnings: warnings, slabs: [],
      figures: [bars])
    for text in protocolText { section.slabs += ruler.bullet(text) }
    section.slabs += ruler.bullet("Fingerprint of the data: \(dataset.fingerprint)")
    section.slabs += [.space(8), ruler.figures([bars])]
    section.slabs += ruler.subheading("Left out")
    section.slabs +=
      dataset.excluded.isEmpty
      ? ruler.paragraph("Nothing was left out.")
      : Table(
        columns: [.init(title: "Reason", alignment: .leading, wraps: true), .init(title: "Files")],
        rows: dataset.excluded.map { [Table.Cell($0.reason), Table.Cell(grouped($0.count))] }
      ).slabs(ruler)
    section.slabs += counts("Fold", "Test utterances per fold", dataset.folds, ruler)
    section.slabs += counts("Speaker", "Utterances per speaker", dataset.speakers, ruler)
    return section
  }

  private func counts(
    _ kind: String, _ title: String, _ rows: [DataSetReport.CountRow], _ ruler: Ruler
  ) -> [Slab] {
    let greatest = max(1, rows.flatMap(\.counts).max() ?? 1)
    var cells = rows.map { row in
      [Table.Cell(row.name)]
        + row.counts.map { count in
          Table.Cell(
            grouped(count), isQuiet: count == 0,
            fill: Color.sequential(0.3 * Double(count) / Double(greatest)))
        } + [Table.Cell(grouped(row.counts.reduce(0, +)), isBold: true)]
    }
    cells.append(
      [Table.Cell("All", isBold: true)]
        + classes.indices.map { index in
          Table.Cell(grouped(rows.reduce(0) { $0 + $1.counts[index] }), isBold: true)
        } + [Table.Cell(grouped(rows.reduce(0) { $0 + $1.counts.reduce(0, +) }), isBold: true)])
    return ruler.subheading(title)
      + Table(
        columns: [.init(title: kind, alignment: .leading, wraps: true)]
          + classes.map { .init(title: $0) } + [.init(title: "All")],
        rows: cells, ruledRows: [rows.count], fillsWidth: true
      ).slabs(ruler)
  }
}
