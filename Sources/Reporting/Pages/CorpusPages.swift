// The first page of a corpus: its protocol, its counts, and the speakers of each fold.

extension CorpusReport {
  /// Returns the section on the utterances.
  var dataSetSection: Section {
    let total =
      "n = \(count(dataset.counts.reduce(0, +), "utterance")) of "
      + (isWithoutSpeakers
        ? "unknown speakers." : "\(count(dataset.speakers.count, "speaker")).")
    var section = Section(title: "\(displayName): data and protocol", level: 0, warnings: warnings)
    section.blocks = protocolText.map { .bullet($0) }
    section.blocks.append(.bullet("Fingerprint of the data: \(dataset.fingerprint)"))
    section.blocks.append(
      .chart(
        ClassBars(
          label: label(
            "fig-classes", ": utterances per class",
            total
              + (dataset.publishedCounts == nil
                ? " There are no published counts for comparison."
                : " Black ticks: the published counts.")),
          classes: classes, counts: dataset.counts, published: dataset.publishedCounts)))
    section.blocks.append(
      dataset.excluded.isEmpty
        ? .paragraph("Nothing was left out.")
        : .table(
          table(
            "tab-excluded", ": left out", columns: [.words("Reason"), .number("Files")],
            rows: dataset.excluded.map { [Table.Cell($0.reason), Table.Cell(grouped($0.count))] })))
    section.blocks.append(
      counts("tab-folds", "Fold", ": test utterances per fold", dataset.folds))
    if !dataset.speakers.isEmpty {
      section.blocks.append(
        .chart(
          CorpusOverview(
            label: label(
              "fig-corpus", ": speakers, classes and lengths",
              total
                + " The map shows utterances by speaker and class. Thin lines run from the "
                + "shortest to the longest recording, thick ones over mean ± standard deviation. "
                + "Markers show the mean."
                + (dataset.speakerLengths.isEmpty
                  ? " Lengths were not recorded in this run." : "")),
            classes: classes, speakers: dataset.speakers,
            speakerLengths: dataset.speakerLengths, classLengths: dataset.classLengths)))
    }
    if !isWithoutSpeakers {
      section.blocks.append(
        counts("tab-speakers", "Speaker", ": utterances per speaker", dataset.speakers))
    }
    return section
  }

  private func counts(
    _ kind: String, _ unit: String, _ title: String, _ rows: [DataSetReport.CountRow]
  ) -> Block {
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
    return .table(
      table(
        kind, title,
        columns: [.words(unit)] + classes.map { .number($0) } + [.number("All")], rows: cells,
        ruledRows: [rows.count]))
  }
}
