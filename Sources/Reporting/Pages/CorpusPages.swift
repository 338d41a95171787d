// The first page of a corpus: its protocol, its counts, and the speakers of each fold. Where all
// counts are equal there is nothing to see in a figure: a sentence says so, and the counts go to
// files.

extension CorpusReport {
  /// Returns the section on the utterances.
  var dataSetSection: Section {
    var section = Section(title: "\(displayName): data and protocol", level: 0, warnings: warnings)
    section.blocks = protocolText.map { .bullet($0) }
    section.blocks += equalParts.map { .bullet($0) }
    section.blocks.append(.bullet("Fingerprint of the data: \(dataset.fingerprint)"))
    func add(_ block: Block, isEqual: Bool) {
      if isEqual { section.extras.append(block) } else { section.blocks.append(block) }
    }
    add(.chart(classBars), isEqual: hasEqualClasses)
    section.blocks.append(
      dataset.excluded.isEmpty
        ? .paragraph("Nothing was left out.")
        : .table(
          table(
            "tab-excluded", ": left out", columns: [.words("Reason"), .number("Files")],
            rows: dataset.excluded.map { [Table.Cell($0.reason), Table.Cell(grouped($0.count))] })))
    add(
      counts("tab-folds", "Fold", ": test utterances per fold", dataset.folds),
      isEqual: isEqual(dataset.folds))
    if isEqual(dataset.speakers) {
      if !hasLengths, !dataset.speakers.isEmpty { section.extras.append(.chart(overview)) }
      if !isWithoutSpeakers { section.extras.append(speakerCounts) }
    }
    return section
  }

  /// Returns the section on each speaker's utterances; none where there is nothing to see.
  var speakerSections: [Section] {
    let isUneven = !isEqual(dataset.speakers)
    let figure: [Block] =
      !dataset.speakers.isEmpty && (isUneven || hasLengths) ? [.chart(overview)] : []
    let counts = isUneven && !isWithoutSpeakers ? [speakerCounts] : []
    return [section("utterances of each speaker", figure + counts)].filter { !$0.blocks.isEmpty }
  }

  private var hasLengths: Bool {
    (dataset.speakerLengths + dataset.classLengths).contains { $0 != nil }
  }

  private var speakerCounts: Block {
    counts("tab-speakers", "Speaker", ": utterances per speaker", dataset.speakers)
  }

  private var total: String {
    "n = \(count(dataset.counts.reduce(0, +), "utterance")) of "
      + (isWithoutSpeakers
        ? "unknown speakers." : "\(count(dataset.speakers.count, "speaker")).")
  }

  private var classBars: ClassBars {
    ClassBars(
      label: label(
        "fig-classes", ": utterances per class",
        "\(total) \(dataset.comparedWith)"),
      classes: classes, counts: dataset.counts, published: dataset.publishedCounts,
      origin: dataset.isExpectedByManifest ? "expected" : "published")
  }

  private var overview: CorpusOverview {
    let map =
      isEqual(dataset.speakers)
      ? "" : " The map shows utterances by speaker and class."
    let lengths =
      dataset.speakerLengths.isEmpty
      ? " Lengths were not recorded in this run."
      : " Thin lines run from the shortest to the longest recording, thick ones over mean ± "
        + "standard deviation. Markers show the mean."
    return CorpusOverview(
      label: label(
        "fig-corpus", isEqual(dataset.speakers) ? ": lengths" : ": speakers, classes and lengths",
        total + map + lengths),
      classes: classes, speakers: dataset.speakers, speakerLengths: dataset.speakerLengths,
      classLengths: dataset.classLengths,
      hasCounts: !isEqual(dataset.speakers) || dataset.speakerLengths.allSatisfy { $0 == nil })
  }

  // MARK: Equal counts

  /// Whether several rows have the same counts.
  private func isEqual(_ rows: [DataSetReport.CountRow]) -> Bool {
    rows.count > 1 && Set(rows.map(\.counts)).count == 1
  }

  /// Whether all classes have the same counts, which are the published ones if there are any.
  private var hasEqualClasses: Bool {
    classes.count > 1 && Set(dataset.counts).count == 1
      && dataset.publishedCounts.map { $0 == dataset.counts } ?? true
  }

  /// A sentence for each kind of part whose counts are all equal.
  private var equalParts: [String] {
    var sentences: [String] = []
    func add(_ rows: [DataSetReport.CountRow], _ noun: String, _ what: String) {
      guard isEqual(rows), let counts = rows.first?.counts else { return }
      let sum = counts.reduce(0, +)
      sentences.append(
        "Each of the \(count(rows.count, noun)) has "
          + "\(count(sum, what)): \(listed(counts: counts)).")
    }
    if hasEqualClasses {
      sentences.append(
        "Each of the \(classes.count) classes has \(count(dataset.counts[0], "utterance"))"
          + (dataset.publishedCounts == nil
            ? "." : dataset.isExpectedByManifest ? ", as the manifest expects." : ", as published.")
      )
    }
    add(dataset.folds, "fold", "test utterance")
    if !isWithoutSpeakers { add(dataset.speakers, "speaker", "utterance") }
    return sentences
  }

  /// Counts by class in words, such as "4 neutral and 8 of each other class".
  private func listed(counts: [Int]) -> String {
    if Set(counts).count == 1, counts.count > 1 { return "\(grouped(counts[0])) of each class" }
    // All classes but one may be alike.
    if counts.count > 2,
      let odd = counts.indices.first(where: { place in
        Set(counts.enumerated().filter { $0.offset != place }.map(\.element)).count == 1
      })
    {
      let other = counts[odd == 0 ? 1 : 0]
      return "\(grouped(counts[odd])) \(classes[odd]) and \(grouped(other)) of each other class"
    }
    return Reporting.listed(zip(counts, classes).map { "\(grouped($0)) \($1)" })
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
