// The pages on how far the numbers can be trusted: intervals, comparisons, sources of spread.
import Evaluation
import Statistics

extension CorpusReport {
  /// Returns the sections on intervals and printed claims; none without a judgement.
  var judgementSections: [Section] {
    guard let judgement else { return [] }
    let tables =
      judgement.analyses.isEmpty
      ? []
      : intervals(judgement) + unseenSpeakers(judgement) + methods(judgement) + spread(judgement)
    var confidence = section("confidence", confidence)
    confidence.extras = confidenceFiles
    return [
      section("intervals and comparisons", tables + recorded(judgement)), confidence,
      section("printed claims", claimTable(judgement)),
    ].filter { !$0.blocks.isEmpty }
  }

  /// Returns the sections on the choice of the epoch and on audits; none without a judgement.
  var checkSections: [Section] {
    guard let judgement else { return [] }
    return [
      section("choice of the epoch", epochBlocks + selection(judgement) + looks(judgement)),
      section("audits", judgement.audits.enumerated().map { .table(audit($1, $0)) }),
    ].filter { !$0.blocks.isEmpty }
  }

  private func audit(_ plain: PlainTable, _ index: Int) -> Table {
    var audit = table(
      "tab-audit", ": \(plain.title.prefix(1).lowercased() + plain.title.dropFirst())",
      columns: plain.columns.enumerated().map { place, title in
        Table.Column(
          title: title, alignment: place == 0 || plain.hasWords ? .leading : .trailing,
          wraps: plain.hasWords)
      },
      rows: plain.rows.map { row in
        row.enumerated().map { place, text in
          // All numbers use the same minus sign.
          Table.Cell(place == 0 || plain.hasWords ? text : text.replacing("-", with: "−"))
        }
      }, remark: plain.remark)
    audit.name += "-\(index + 1)"
    return audit
  }

  // MARK: Intervals

  private func intervals(_ judgement: JudgementReport) -> [Block] {
    let isShort = judgement.analyses.count > ClassStyle.distinct
    let main: [Metric] = [.accuracy, .unweightedAverageRecall]
    let rows = judgement.analyses.flatMap { analysis in
      let figures = analysis.figures.filter { !isShort || main.contains($0.metric) }
      return figures.enumerated().map { index, figure in
        [
          Table.Cell(index == 0 ? analysis.system : "", isBold: true),
          Table.Cell(figure.metric.abbreviation),
          Table.Cell(inPercent(figure.pooled.value), isBold: true),
          Table.Cell(range(figure.pooled)), Table.Cell(range(figure.pooledByFold)),
          Table.Cell(range(figure.pooledOverSeedsAndSpeakers)),
          Table.Cell(withRange(figure.overFolds)), Table.Cell(withRange(figure.overSpeakers)),
        ]
      }
    }
    let (speakers, folds) = (
      judgement.analyses.first?.speakers ?? 0, judgement.analyses.first?.folds ?? 0
    )
    return [
      .table(
        table(
          tidy: judgement.tidyIntervals,
          "tab-intervals", ": 95 % intervals, percent",
          columns: [
            .init(title: "System", alignment: .leading, wraps: true),
            .init(title: "Figure", alignment: .leading), .init(title: "Pooled"),
            .init(title: "by speaker"), .init(title: "by fold"), .init(title: "seeds + speakers"),
            .init(title: "Mean of folds"), .init(title: "Mean of speakers"),
          ], rows: rows,
          remark:
            """
            Pooled: all test utterances together, mean over seeds. By speaker, by fold: jackknife \
            that leaves out one of \(speakers) speakers or \(folds) folds (t with one degree of \
            freedom less), for these networks on unseen speakers. Seeds + speakers: percentiles \
            of a bootstrap of both, for the method when trained again. With few speakers such \
            percentiles lie too close together, so this interval can be shorter than the one by \
            speaker: then trust the longer one. Mean of folds: Nadeau–Bengio interval. \
            Mean of speakers: t interval. Intervals are cut off at 0 and 100.\
            \(isShort ? " The CSV file has those of F1." : "") Protocol \(judgement.signature)
            """
        ))
    ]
  }

  // MARK: Comparisons

  private func unseenSpeakers(_ judgement: JudgementReport) -> [Block] {
    let rows = judgement.comparisons.flatMap { group in
      zip(group, group.adjusted).map { row, adjusted in
        let detectable = group.detectableOverSpeakers(row)
        return [
          Table.Cell("\(row.first) − \(row.second)", isBold: true),
          Table.Cell(row.metric.abbreviation),
          Table.Cell(points(row.difference.value), isBold: true),
          Table.Cell(pointRange(row.difference.interval)),
          Table.Cell(row.undefinedShare > 0.01 ? "not defined" : pointRange(row.bootstrap)),
          Table.Cell(pText(row.exchange)),
          Table.Cell(row.exchange.canReach(0.05) ? pText(adjusted) : "–"),
          Table.Cell(inPercent(detectable?.plain.value)),
          Table.Cell(detectable?.afterHolm.text(digits: 1) ?? "–"),
          Table.Cell(row.seeds.count < 5 ? "–" : fixed(row.superiority, digits: 2)),
        ]
      }
    }
    guard let row = judgement.comparisons.first?.first else { return [] }
    return [
      .table(
        table(
          tidy: judgement.tidyComparisons(ofMethods: false),
          "tab-unseen-speakers", ": these networks on unseen speakers, percentage points",
          columns: [
            .init(title: "Difference", alignment: .leading, wraps: true),
            .init(title: "Figure", alignment: .leading), .init(title: "Δ"),
            .init(title: "jackknife"),
            .init(title: "bootstrap"), .init(title: "p"), .init(title: "p Holm"),
            .init(title: "detectable"), .init(title: "after Holm"), .init(title: "P(A>B)"),
          ], rows: rows,
          remark:
            """
            Paired on the same \(row.speakers) speakers. p: \(row.exchange.method). Holm: p \
            adjusted for all rows of one figure. Detectable: the difference that p finds 8 times \
            in 10; after Holm: that Holm's first step finds, with \
            \(chiSquared(row.speakers)). P(A>B): \
            probability that a seed of the first system beats a seed of the second; “–” with fewer \
            than 5 seeds.
            """
        ))
    ]
  }

  private func methods(_ judgement: JudgementReport) -> [Block] {
    let rows = judgement.comparisons.flatMap { group in
      zip(group, group.adjustedForMethods).compactMap { row, adjusted -> [Table.Cell]? in
        guard let method = row.method, let test = row.methodTest, let p = row.probabilities else {
          return nil
        }
        return [
          Table.Cell("\(row.first) − \(row.second)", isBold: true),
          Table.Cell(row.metric.abbreviation),
          Table.Cell(points(method.value), isBold: true), Table.Cell(pointRange(method.interval)),
          Table.Cell(pText(test.p)), Table.Cell(pText(adjusted)),
          Table.Cell(pText(row.foldExchange)),
          Table.Cell(
            [p.worse, p.equal, p.better].map { fixed($0, digits: 2) }.joined(separator: " / ")),
          Table.Cell(inPercent(row.detectable)),
          Table.Cell(group.detectable(row)?.afterHolm.text(digits: 1) ?? "–"),
        ]
      }
    }
    guard !rows.isEmpty, let row = judgement.comparisons.first?.first else { return [] }
    return [
      .table(
        table(
          tidy: judgement.tidyComparisons(ofMethods: true),
          "tab-methods", ": the methods, trained anew, percentage points",
          columns: [
            .init(title: "Difference", alignment: .leading, wraps: true),
            .init(title: "Figure", alignment: .leading), .init(title: "Δ"),
            .init(title: "interval"),
            .init(title: "p"), .init(title: "p Holm"), .init(title: "p exchange"),
            .init(title: "worse / equal / better"), .init(title: "detectable"),
            .init(title: "after Holm"),
          ], rows: rows,
          remark:
            """
            Differences per fold, averaged over seeds. Intervals and p: Nadeau–Bengio corrected \
            t over \(row.folds) folds, a heuristic for K folds. Exchange: whole folds are \
            exchanged; “none” means that so few folds cannot give a p of 0.05. Worse / equal / \
            better: probabilities for the first system, where equal means within ± \
            \(inPercent(row.rope)) points (Bayesian correlated t). Detectable: the difference \
            that p finds 8 times in 10; after Holm: that Holm's first step finds, with \
            \(chiSquared(row.folds)).
            """))
    ]
  }

  // MARK: Recorded results

  private func recorded(_ judgement: JudgementReport) -> [Block] {
    let rows = judgement.gate.map { row in
      let result = row.result
      return [
        Table.Cell(result.system, isBold: true), Table.Cell(result.baseline, isQuiet: true),
        Table.Cell(result.metric.abbreviation), Table.Cell(inPercent(result.value)),
        Table.Cell(inPercent(result.recorded)),
        Table.Cell(row.isUnchanged ? "none" : points(result.difference?.value), isBold: true),
        Table.Cell(row.isUnchanged ? "–" : pointRange(result.difference?.interval)),
        Table.Cell(points(-result.margin)), Table.Cell(inPercent(result.detectable)),
        Table.Cell(result.verdict.title, isBold: true),
      ]
    }
    guard !rows.isEmpty else { return [] }
    return [
      .table(
        table(
          "tab-gate", ": change since the last recorded run, percent and points",
          columns: [
            .words("System"), .words("Recorded result"), .words("Figure", wraps: false),
            .number("now"), .number("recorded"), .number("change"), .number("interval"),
            .number("margin"), .number("detectable"), .words("Verdict", wraps: false),
          ], rows: rows,
          remark:
            """
            Means over folds and seeds. Change: now − recorded. Its interval is Welch's t blocked \
            by fold: the test utterances are the same on both sides, so seeds are the only noise. \
            Detectable: the loss found 8 times in 10. None: every utterance has the same class in \
            every seed, so the result was recorded from this run or from one like it.
            """, isDense: true))
    ]
  }

  /// The interval of a detectable difference, in words.
  func chiSquared(_ units: Int) -> String {
    "its 95 % interval (chi-squared, \(count(max(1, units - 1), "degree")) of freedom)"
  }

  // MARK: Spread and calibration

  private func spread(_ judgement: JudgementReport) -> [Block] {
    func deviation(_ variance: Double?) -> String {
      variance.map { fixed(100 * $0.squareRoot(), digits: 2) } ?? "–"
    }
    let rows = judgement.analyses.map { analysis in
      let (f, s, c) = (analysis.foldComponents, analysis.speakerComponents, analysis.calibration)
      return [
        Table.Cell(analysis.system, isBold: true), Table.Cell(deviation(f?.seed)),
        Table.Cell(deviation(f?.unit)), Table.Cell(deviation(f?.rest)),
        Table.Cell(deviation(s?.unit)),
        Table.Cell(deviation(s?.rest)), Table.Cell(c.map { inPercent($0.expectedError) } ?? "–"),
        Table.Cell(c.map { fixed($0.brier, digits: 3) } ?? "–"),
        Table.Cell(c.map { fixed($0.negativeLogLikelihood, digits: 3) } ?? "–"),
      ]
    }
    return [
      .table(
        table(
          "tab-spread", ": where the spread of WA comes from, and calibration",
          columns: [
            .init(title: "System", alignment: .leading, wraps: true), .init(title: "seeds"),
            .init(title: "folds"), .init(title: "fold × seed"), .init(title: "speakers"),
            .init(title: "speaker × seed"), .init(title: "ECE, %"), .init(title: "Brier"),
            .init(title: "NLL, nats"),
          ], rows: rows,
          remark:
            """
            Standard deviations in percentage points, from the two-way random model (folds × \
            seeds, speakers × seeds). 0.00: too small to detect. “–”: one seed only. ECE: \
            15 bins of the greatest probability. Brier: 0 to 2.
            """
        ))
    ]
  }
}

/// A range such as "67.0 to 75.7"; "–" without an interval.
func range(_ estimate: Estimate?) -> String {
  (estimate?.interval).map { whole in
    let shown = whole.withinShares
    return whole.marked("\(inPercent(shown.lower)) to \(inPercent(shown.upper))")
  } ?? "–"
}

/// A value with its range, such as "71.3 (67.0 to 75.7)".
private func withRange(_ estimate: Estimate?) -> String {
  guard let estimate else { return "–" }
  return inPercent(estimate.value) + (estimate.interval == nil ? "" : " (\(range(estimate)))")
}

/// A signed range such as "−1.2 to +0.8".
func pointRange(_ interval: Estimate.Interval?) -> String {
  interval.map { $0.marked("\(points($0.lower)) to \(points($0.upper))") } ?? "–"
}

/// The p value, or a note that the data cannot give a small one.
private func pText(_ test: TestOutcome) -> String {
  test.canReach(0.05) ? pText(test.p) : "none (≥ \(fixed(test.smallestAttainable, digits: 3)))"
}

func pText(_ p: Double) -> String { p < 0.001 ? "< 0.001" : fixed(p, digits: 3) }
