// The first pages: the answer, the main scores beside recorded ones, what was run, contents.
import Evaluation
import Statistics

extension ReportContent {
  /// Returns the opening section without its table of contents.
  var summarySection: Section {
    var section = Section(title: title, level: 0, warnings: warnings)
    section.blocks = [.paragraph("Run \(runName), made \(timestamp(createdAt)).", .quiet)]
    for text in warningTexts { section.blocks += [.space(5), .paragraph(text, .alarm)] }
    section.blocks += [.space(8)] + answer.map { .bullet($0) }
    section.blocks += corpora.compactMap(\.gateStrip).map { .chart($0) }
    section.blocks.append(.table(headlineTable))
    if let chart = headlineChart { section.blocks.append(.chart(chart)) }
    section.blocks += [.subheading("What was run"), .paragraph(whatWasRun)]
    section.blocks += notes.map { .bullet($0) }
    return section
  }

  /// The warnings for pages about the whole run.
  var warnings: Warnings { corpora.reduce(Warnings.none) { $0.union($1.warnings) } }

  private var whatWasRun: String {
    let systems = Set(corpora.flatMap { $0.variants.map(\.name) }).count
    let names = corpora.map(\.displayName)
    let done = corpora.flatMap(\.variants).reduce(0) { $0 + $1.scores.cells.count }
    let expected = corpora.flatMap(\.variants).map(\.scores)
      .reduce(0) { $0 + $1.expectedSeeds.count * $1.expectedFolds.count }
    let list = listed(names)
    if isScored {
      return """
        Another program's predictions were scored: \(systems) \
        \(systems == 1 ? "system" : "systems") on \(list). Nobody can tell from them which \
        utterances the systems were trained on.
        """
    }
    return """
      \(systems) \(systems == 1 ? "system was" : "systems were") trained and tested by \
      cross-validation on \(list). \(done == expected ? "All \(done)" : "\(done) of \(expected)") \
      cells (system × fold × seed) are finished. Every score below comes from utterances that \
      the model was not trained on.
      """
  }

  private var warningTexts: [String] {
    let synthetic = corpora.filter(\.isSynthetic).map(\.displayName)
    let incomplete = corpora.filter { $0.warnings.isIncomplete }.map(\.displayName)
    var texts: [String] = []
    if !synthetic.isEmpty {
      texts.append(
        """
        SYNTHETIC: \(synthetic.joined(separator: ", ")): generated speech, or a backbone of random \
        weights. The numbers show that the program works. They say nothing about speech and must \
        not be compared with published results.
        """)
    }
    if !incomplete.isEmpty {
      texts.append(
        "INCOMPLETE: \(incomplete.joined(separator: ", ")): utterances or cells are missing; "
          + "see the tables.")
    }
    let unknown = corpora.filter(\.isWithoutSpeakers).map(\.displayName)
    if !unknown.isEmpty {
      texts.append(
        """
        NO SPEAKERS: \(unknown.joined(separator: ", ")): the manifest does not tell the speakers. \
        Leaks by speaker cannot be seen, and the scores may be for speakers of the training data. \
        Intervals and tests take each utterance for a speaker of its own, so they are too narrow.
        """)
    }
    return texts
  }

  private var headlineTable: Table {
    var rows: [[Table.Cell]] = []
    var ruled: Set<Int> = []
    for corpus in corpora {
      ruled.insert(rows.count)
      for (index, variant) in corpus.variants.enumerated() {
        let analysis = corpus.judgement?.analyses.first { $0.system == variant.name }
        let scores = variant.scores
        let difference = corpus.difference(of: variant.name)
        rows.append([
          Table.Cell(index == 0 ? corpus.displayName : "", isBold: true), Table.Cell(variant.name),
          Table.Cell(variant.cells, isQuiet: scores.isComplete),
          Table.Cell(inPercent(scores.pooled(.accuracy)?.mean), isBold: true),
          Table.Cell(range(analysis?[.accuracy]?.pooled)),
          Table.Cell(inPercent(scores.pooled(.unweightedAverageRecall)?.mean), isBold: true),
          Table.Cell(range(analysis?[.unweightedAverageRecall]?.pooled)),
          Table.Cell(points(difference?.value)), Table.Cell(pointRange(difference?.interval)),
        ])
      }
      for (index, baseline) in corpus.mainBaselines.enumerated() {
        let mark = baseline.isComparable ? "" : " *"
        rows.append([
          Table.Cell(corpus.variants.isEmpty && index == 0 ? corpus.displayName : "", isBold: true),
          Table.Cell(
            "\(baseline.name)\(mark) (\(baseline.source.beginning))", isQuiet: true), "",
          Table.Cell(baseline.accuracy.map { inPercent($0) } ?? "not recorded", isQuiet: true), "",
          Table.Cell(
            baseline.unweightedAverageRecall.map { inPercent($0) } ?? "not recorded",
            isQuiet: true),
          "", "", "",
        ])
      }
    }
    let reference = corpora.compactMap(\.variants.first?.name).first ?? "the first system"
    let remarks = corpora.flatMap { corpus in
      corpus.baselineRemarks.map { "\(corpus.displayName): \($0)" }
    }
    var table = Table(
      kind: "tab-scores", name: "scores", title: "Weighted and unweighted accuracy, percent",
      warnings: warnings,
      columns: [
        .words("Corpus"), .words("System or recorded result"), .number("Cells"),
        .number("WA"), .number("WA interval"), .number("UA"), .number("UA interval"),
        .number("\(reference) − this, UA"), .number("its interval"),
      ], rows: rows, ruledRows: ruled,
      remark: ([
        """
        WA (accuracy): share of correctly classified test utterances. UA (unweighted average \
        recall): mean of the classes' recalls. Both are pooled over the test utterances of all \
        folds, mean over seeds. \(reference) − this: in points; above 0, \(reference) is better. \
        The 95 % intervals are for these networks on unseen speakers. “–”: not run or not \
        recorded; nothing is averaged over missing cells.
        """
      ]
        + (isSynthetic
          ? ["No published result is shown for a SYNTHETIC corpus: the two must not be compared."]
          : []) + remarks).joined(separator: " "))
    table.tidy = tidyScores
    return table
  }

  private var headlineChart: DotPlot? {
    var rows: [DotPlot.Row] = []
    for corpus in corpora {
      rows.append(DotPlot.Row(label: corpus.displayName, isHead: true, values: []))
      for variant in corpus.variants {
        rows.append(
          DotPlot.Row(
            label: variant.labelWithCells,
            values: [Metric.accuracy, .unweightedAverageRecall].map { metric in
              let spread = variant.scores.pooled(metric)
              return .init(single: spread?.values ?? [], mean: spread?.mean)
            }))
      }
      for baseline in corpus.mainBaselines
      where baseline.accuracy != nil || baseline.unweightedAverageRecall != nil {
        rows.append(
          DotPlot.Row(
            label: baseline.name + (baseline.isComparable ? "" : " *"), isBaseline: true,
            values: [
              .init(mean: baseline.accuracy), .init(mean: baseline.unweightedAverageRecall),
            ]))
      }
    }
    guard rows.contains(where: { !$0.isHead }) else { return nil }
    let samples = corpora.compactMap { corpus in
      corpus.variants.first.map {
        "\(corpus.displayName): \(corpus.sample($0.scores))"
          + (corpus.fingerprint.isEmpty ? "" : " (\(corpus.fingerprint))")
      }
    }
    return DotPlot(
      label: ChartLabel(
        kind: "fig-scores", name: "scores", title: "WA and UA, pooled over folds",
        caption: "Large dots: mean over seeds. Small dots: single seeds. "
          + "Diamonds: recorded results; those with * follow another protocol. "
          + samples.joined(separator: "; ") + ".",
        warnings: warnings), panels: ["WA, %", "UA, %"], rows: rows)
  }
}

extension CorpusReport {
  /// The gate's verdicts, for CI; nil without a recorded result of a system's name and protocol.
  fileprivate var gateStrip: VerdictStrip? {
    let rows = judgement?.gate ?? []
    guard let first = rows.first?.result else { return nil }
    return VerdictStrip(
      label: label(
        "fig-gate", ": change since the last recorded run",
        """
        Each system against the last recorded result of its name and protocol, as \
        reprise check compares them: PASS if the whole interval of the change lies above the \
        margin (\(first.system): \(points(-first.margin)) points of \
        \(first.metric.abbreviation)), REGRESSED if it lies below 0, INCONCLUSIVE otherwise. \
        Seeds are the only noise.\(variants.first.map { " \(sample($0.scores))." } ?? "")
        """),
      items: rows.map { row in
        VerdictStrip.Item(
          system: row.result.system, verdict: row.result.verdict,
          change: row.isUnchanged ? "no change" : row.shortChange)
      })
  }

  /// The UA of the first system minus that of another one; nil for the first one.
  fileprivate func difference(of system: String) -> Estimate? {
    judgement?.comparisons.first { $0.first?.metric == .unweightedAverageRecall }?
      .first { $0.second == system }?.difference
  }

  /// The recorded results for the first page: printed ones, and for each system the first of its
  /// name and protocol. A system of another name stands beside `full` and `plain`. Another page
  /// lists all.
  fileprivate var mainBaselines: [BaselineRow] {
    let comparable = baselines.filter {
      $0.origin == .measured && $0.isComparable && !$0.isSame
    }
    func named(_ names: [String]) -> [BaselineRow] {
      names.compactMap { name in
        comparable.first { $0.name.split(separator: " ").last.map(String.init) == name }
      }
    }
    let same = named(variants.map(\.name))
    let own = same.isEmpty ? named(["full", "plain"]) : same
    // With many systems, the strip of verdicts tells the change of each.
    let measured =
      variants.count > ClassStyle.distinct && judgement?.gate.isEmpty == false
      ? []
      : own.isEmpty && !baselines.contains(where: \.isSame) ? Array(comparable.prefix(1)) : own
    return baselines.filter { $0.origin == .paper } + measured
  }

  /// Why baselines are missing or not comparable, one sentence each.
  fileprivate var baselineRemarks: [String] {
    var remarks: [String] = []
    let same = baselines.filter(\.isSame).map(\.name)
    if baselines.isEmpty, !isSynthetic {
      remarks.append("no result is recorded for this corpus.")
    } else if mainBaselines.count < baselines.count {
      remarks.append("\(count(baselines.count, "recorded result")) are listed with the systems.")
    }
    if same.count > 3 {
      remarks.append(
        "\(count(same.count, "recorded result")) have the predictions of this run and are not "
          + "shown.")
    } else if !same.isEmpty {
      remarks.append(
        "\(listed(same)) \(same.count == 1 ? "has" : "have") the predictions of this run and "
          + "\(same.count == 1 ? "is" : "are") not shown.")
    }
    for baseline in mainBaselines where !baseline.isComparable {
      remarks.append("* \(baseline.name) is not comparable: \(baseline.whyNot)")
    }
    return remarks
  }
}

extension Ruler {
  /// Returns the table of contents with page numbers, each entry a link, in two columns.
  func contents(_ sections: [(title: String, level: Int)], pages: [Int]?) -> [Slab] {
    // At most as many entries as a page holds, in two columns.
    let most = 90
    let key = 1_000_000
    return subheading("Contents", StructureElement(.heading(2), key))
      + stride(from: 0, to: sections.count, by: most).map { start in
        let entries = start..<min(start + most, sections.count)
        let half = (entries.count + 1) / 2
        var slab = Slab(height: 0)
        var (column, y) = (0, 0.0)
        for index in entries {
          if index - start == half { (column, y) = (1, 0) }
          add(sections[index], index, pages?[index], column, &y, key, to: &slab)
        }
        return slab
      }
  }

  /// Adds an entry of the table of contents below `y`. A long title takes several lines.
  private func add(
    _ entry: (title: String, level: Int), _ index: Int, _ page: Int?, _ column: Int,
    _ y: inout Double, _ key: Int, to slab: inout Slab
  ) {
    let columnWidth = (sheet.width - 2 * Style.gutter) / 2
    let left = Double(column) * (columnWidth + 2 * Style.gutter)
    let (indent, right) = (left + Double(entry.level) * 10, left + columnWidth)
    let font = entry.level == 0 ? Style.tableBold : Style.table
    let title = block(entry.title, font, from: indent, to: right - 24, top: y + 1)
    let number = page.map { "\($0 + 1)" } ?? "0"
    let height = title.height + 1.5
    let start = slab.marks.count
    slab.marks += title.marks
    slab.marks += [
      line(
        number, font, from: right - 20, to: right, baseline: y + 1 + font.size, .trailing),
      .link(Rectangle(left, y, columnWidth, height), to: destinationName(index)),
    ]
    slab.runs.append(
      Run(
        start..<slab.marks.count, StructureElement(.contents, key),
        StructureElement(.contentsItem, index),
        StructureElement(.link)))
    y += height
    slab.height = max(slab.height, y)
  }
}

extension String {
  /// A source, shortened to a line or two. The table of recorded results has the full text.
  fileprivate var beginning: String { count > 40 ? prefix(36) + "…" : self }
}
