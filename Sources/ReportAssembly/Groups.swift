// The groups of a corpus's utterances, and what is known about each utterance.
import Corpora
import Evaluation
import Reporting
import Runs

extension CorpusFacts {
  /// The divisions of the scored utterances: by sex, by the recorded attributes in byte order of
  /// their names, and by length.
  func groupings(of system: SystemPredictions) -> [Grouping] {
    let scored = Set(system.utterances.map(\.id))
    let rows = zip(utterances, utteranceAttributes).filter { scored.contains($0.0.id) }
    let names = Set(rows.flatMap { $0.1.values.keys }).union(["sentence"]).sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    let groupings =
      [Grouping("sex", of: rows.map { ($0.0.id, sex(of: $0.0)) })]
      + names.map { name in
        Grouping(
          name,
          of: rows.map { utterance, attributes in
            // Without numbers, equal words are the same sentence.
            (utterance.id, attributes.values[name] ?? (name == "sentence" ? attributes.text : nil))
          })
      } + [Grouping(lengths: rows.map { ($0.0.id, $0.0.duration) })]
    return groupings.compactMap(\.self)
  }

  /// Words and lengths by id.
  var notes: [String: UtteranceNote] {
    Dictionary(
      zip(utterances, utteranceAttributes).map {
        ($0.id, UtteranceNote(text: $1.text, seconds: $0.duration))
      }, uniquingKeysWith: { first, _ in first })
  }
}
