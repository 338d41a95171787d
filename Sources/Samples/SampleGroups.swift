// The groups of a sample's utterances, as RAVDESS has them.
import Evaluation
import Reporting

extension JudgementReport {
  /// Adds speakers, groups and errors of the systems.
  mutating func addGroups(_ systems: [SystemPredictions]) {
    guard let first = systems.first else { return }
    speakers = first.speakerIntervals()
    errors = UtteranceErrors(first, beside: Array(systems.dropFirst()))
    let rows = first.utterances.enumerated().map { place, row in
      (
        id: row.id, isEven: (row.speaker.last?.wholeNumberValue ?? 0).isMultiple(of: 2),
        pass: place / max(1, first.classes.count),
        seconds: 2.5 + Double(place * 7919 % 1000) / 500
      )
    }
    func text(_ pass: Int) -> String {
      pass.isMultiple(of: 3) ? "Kids are talking by the door" : "Dogs are sitting by the door"
    }
    notes = Dictionary(
      rows.map { ($0.id, UtteranceNote(text: text($0.pass), seconds: $0.seconds)) },
      uniquingKeysWith: { first, _ in first })
    let groupings = [
      Grouping("sex", of: rows.map { ($0.id, $0.isEven ? "female" : "male") }),
      Grouping(
        "intensity", of: rows.map { ($0.id, $0.pass.isMultiple(of: 2) ? "normal" : "strong") }),
      Grouping("sentence", of: rows.map { ($0.id, text($0.pass)) }),
      Grouping(lengths: rows.map { ($0.id, $0.seconds) }),
    ].compactMap(\.self)
    groups = systems.map { GroupScores.all(of: $0, by: groupings) }
  }
}
