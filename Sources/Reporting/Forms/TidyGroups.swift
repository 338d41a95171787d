// The values behind the tables on groups of utterances and on errors.
import Evaluation
import Statistics

extension JudgementReport {
  /// Every system's scores by group, as shares from 0 to 1.
  var tidyGroups: TidyTable {
    var table = TidyTable([
      "system", "property", "group", "metric", "value", "low", "high", "level", "utterances",
      "speakers", "classes", "method",
    ])
    for scores in groups.flatMap(\.self) {
      for group in scores.groups {
        for (metric, figure) in zip(GroupScores.metrics, group.figures) {
          let interval = figure.interval?.withinShares
          table.add([
            scores.system, scores.property, group.name, metric.rawValue, exact(figure.value),
            exact(interval?.lower), exact(interval?.upper), exact(interval?.level),
            "\(group.utterances)", "\(group.speakers)", "\(group.classes)", figure.method,
          ])
        }
      }
    }
    return table
  }

  /// Every system's gaps between groups, as shares.
  var tidyGaps: TidyTable {
    var table = TidyTable([
      "system", "property", "first", "second", "metric", "difference", "low", "high", "level", "p",
      "p_holm", "first_speakers", "second_speakers", "shared_speakers", "classes", "method",
    ])
    for scores in groups.flatMap(\.self) {
      for gap in scores.gaps {
        for (index, metric) in GroupScores.metrics.enumerated() {
          let difference = gap.differences[index]
          table.add([
            scores.system, scores.property, gap.first, gap.second ?? "the others",
            metric.rawValue, exact(difference.value), exact(difference.interval?.lower),
            exact(difference.interval?.upper), exact(difference.interval?.level),
            exact(gap.p[index]), exact(gap.adjusted[index]), "\(gap.firstSpeakers)",
            "\(gap.secondSpeakers)", "\(gap.sharedSpeakers)", "\(gap.classes)",
            difference.method,
          ])
        }
      }
    }
    return table
  }

  /// Every utterance with an error.
  func tidyErrors(_ errors: UtteranceErrors, _ classes: [String]) -> TidyTable {
    var table = TidyTable([
      "system", "id", "speaker", "fold", "truth", "predicted", "wrong_seeds", "seeds",
      "confidence", "others_wrong", "wrong_others", "seconds", "text",
    ])
    for row in errors.rows {
      let note = notes[row.id]
      table.add([
        errors.system, row.id, row.speaker, "\(row.fold)", classes[row.truth],
        classes[row.predicted], "\(row.wrong)", "\(errors.seeds)", exact(row.confidence),
        "\(row.alsoWrong.count)", row.alsoWrong.joined(separator: " "), exact(note?.seconds),
        note?.text,
      ])
    }
    return table
  }
}
