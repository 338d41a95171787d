// The values behind a table for other programs: one value in a cell, at full precision.
import Evaluation
import Files
import Statistics

/// Columns and rows of plain values.
package struct TidyTable: Sendable, Equatable {
  package let header: [String]
  package private(set) var rows: [[String]] = []

  init(_ header: [String]) { self.header = header }

  /// Adds a row. Missing cells at its end stay empty.
  mutating func add(_ cells: [String?]) {
    let row = cells.prefix(header.count).map { $0 ?? "" }
    rows.append(row + Array(repeating: "", count: header.count - row.count))
  }

  /// The table as CSV. If there are warnings, a column `warning` repeats them.
  func csv(_ warnings: Warnings) -> String {
    let words = warnings.words.joined(separator: " ")
    return CSVTable(
      header: header + (words.isEmpty ? [] : ["warning"]),
      rows: rows.map { $0 + (words.isEmpty ? [] : [words]) }
    ).text
  }
}

/// The shortest digits that give exactly this number; nil without a number.
func exact(_ number: Double?) -> String? {
  number.flatMap { $0.isFinite ? "\($0)" : nil }
}

extension ReportContent {
  /// Scores as shares from 0 to 1, differences, and recorded results.
  var tidyScores: TidyTable {
    var table = TidyTable([
      "corpus", "system", "source", "quantity", "metric", "value", "low", "high", "level",
      "seeds", "utterances", "protocol", "comparable", "note",
    ])
    for corpus in corpora {
      let n = "\(corpus.dataset.counts.reduce(0, +))"
      func add(
        _ system: String, _ source: String, _ quantity: String, _ metric: Metric,
        _ estimate: Estimate?, seeds: Int?, comparable: Bool = true, note: String = ""
      ) {
        let interval =
          quantity == "score" ? estimate?.interval?.withinShares : estimate?.interval
        table.add([
          corpus.displayName, system, source, quantity, metric.rawValue, exact(estimate?.value),
          exact(interval?.lower), exact(interval?.upper), exact(interval?.level),
          seeds.map(String.init), source == "run" ? n : nil,
          source == "run" || comparable ? corpus.fingerprint : nil, comparable ? "yes" : "no",
          note,
        ])
      }
      for variant in corpus.variants {
        let analysis = corpus.judgement?.analyses.first { $0.system == variant.name }
        for metric in [Metric.accuracy, .unweightedAverageRecall] {
          let mean = variant.scores.pooled(metric)?.mean
          add(
            variant.name, "run", "score", metric,
            analysis?[metric]?.pooled
              ?? mean.map { Estimate(value: $0, interval: nil, method: "pooled") },
            seeds: variant.scores.completeSeeds.count,
            note: variant.scores.isComplete ? "" : "\(variant.cells) cells")
        }
      }
      for row in (corpus.judgement?.comparisons ?? []).flatMap(\.self)
      where [.accuracy, .unweightedAverageRecall].contains(row.metric) {
        add(
          "\(row.first) - \(row.second)", "run", "difference", row.metric, row.difference,
          seeds: row.seeds.count)
      }
      for baseline in corpus.baselines {
        let figures: [(Metric, Double?)] = [
          (.accuracy, baseline.accuracy),
          (.unweightedAverageRecall, baseline.unweightedAverageRecall),
        ]
        for (metric, value) in figures {
          guard let value else { continue }
          add(
            baseline.name, baseline.source, "score", metric,
            Estimate(value: value, interval: nil, method: "recorded"), seeds: nil,
            comparable: baseline.isComparable, note: baseline.whyNot)
        }
      }
    }
    return table
  }
}

extension JudgementReport {
  /// Every interval of every system, as shares from 0 to 1.
  var tidyIntervals: TidyTable {
    var table = TidyTable(["system", "metric", "kind", "value", "low", "high", "level", "method"])
    for analysis in analyses {
      for figure in analysis.figures {
        let kinds: [(String, Estimate?)] = [
          ("pooled, by speaker", figure.pooled), ("pooled, by fold", figure.pooledByFold),
          ("pooled, seeds and speakers", figure.pooledOverSeedsAndSpeakers),
          ("mean of folds", figure.overFolds), ("mean of speakers", figure.overSpeakers),
        ]
        for case let (kind, estimate?) in kinds {
          let interval = estimate.interval?.withinShares
          table.add([
            analysis.system, figure.metric.rawValue, kind, exact(estimate.value),
            exact(interval?.lower), exact(interval?.upper), exact(interval?.level),
            estimate.method
              + (estimate.interval?.isDegenerate == true
                ? "; no width, which is no certainty" : ""),
          ])
        }
      }
    }
    return table
  }

  /// Every comparison: of these networks on unseen speakers, or of the methods over folds.
  func tidyComparisons(ofMethods: Bool) -> TidyTable {
    var table = TidyTable([
      "first", "second", "metric", "difference", "low", "high", "level", "p", "p_holm",
      "detectable", "detectable_holm", "units", "seeds",
    ])
    for group in comparisons {
      let adjusted = ofMethods ? group.adjustedForMethods : group.adjusted
      for (row, holm) in zip(group, adjusted) {
        let estimate = ofMethods ? row.method : row.difference
        guard let estimate else { continue }
        let detectable = ofMethods ? group.detectable(row) : group.detectableOverSpeakers(row)
        let units = ofMethods ? row.folds : row.speakers
        table.add([
          row.first, row.second, row.metric.rawValue, exact(estimate.value),
          exact(estimate.interval?.lower), exact(estimate.interval?.upper),
          exact(estimate.interval?.level), exact(ofMethods ? row.methodTest?.p : row.exchange.p),
          exact(holm), exact(detectable?.plain.value), exact(detectable?.afterHolm.value),
          "\(units)", "\(row.seeds.count)",
        ])
      }
    }
    return table
  }
}
