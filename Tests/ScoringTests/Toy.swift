// A protocol of 48 utterances, and predictions for it: small enough to count by hand.
import Corpora
import Files
import Foundation
import Runs
import Scoring
import TestSupport

/// Four speakers in two folds, three classes, four utterances of each class and speaker.
let toy: ProtocolFile = {
  var utterances: [CorpusFacts.Utterance] = []
  for speaker in ["A", "B", "C", "D"] {
    for label in ["angry", "happy", "sad"] {
      for number in 1...4 {
        utterances.append(
          .init(
            id: "\(speaker)_\(label)_\(number)", label: label, speaker: "S_\(speaker)",
            session: nil, fold: speaker < "C" ? 1 : 2))
      }
    }
  }
  var facts = CorpusFacts(
    corpus: "toy", title: "TOY", path: "", classes: ["angry", "happy", "sad"],
    foldList: "pairs", foldNames: ["A and B", "C and D"], fingerprint: "", exclusions: [],
    utterances: utterances)
  facts.fingerprint = facts.computedFingerprint
  return ProtocolFile(of: facts)
}()

let toyUtterances = toy.corpus.utterances

/// A system that is wrong about utterance 1 of each class and speaker: 12 mistakes in 48.
///
/// - Parameter shift: how far the wrong class is from the true one.
func guess(_ utterance: CorpusFacts.Utterance, shift: Int = 1) -> String {
  let classes = toy.corpus.classes
  guard utterance.id.hasSuffix("_1"), let place = classes.firstIndex(of: utterance.label) else {
    return utterance.label
  }
  return classes[(place + shift) % 3]
}

/// Probabilities with the greatest on one class, in the order of the classes.
func shares(_ label: String, _ most: Double = 0.5) -> String {
  toy.corpus.classes.map { $0 == label ? "\(most)" : "\((1 - most) / 2)" }.joined(separator: ",")
}

/// A CSV with every column.
func wholeTable(shift: Int = 1, most: Double = 0.5) -> [String] {
  ["id,prediction,truth,speaker,fold,p_angry,p_happy,p_sad"]
    + toyUtterances.map {
      let label = guess($0, shift: shift)
      return "\($0.id),\(label),\($0.label),\($0.speaker),\($0.fold),\(shares(label, most))"
    }
}

/// A CSV of ids and classes.
func shortTable(shift: Int = 1) -> [String] {
  ["id,prediction"] + toyUtterances.map { "\($0.id),\(guess($0, shift: shift))" }
}

/// Writes lines to files of a temporary folder and reads them as predictions.
func scored(
  _ files: [(name: String, lines: [String])], names: [String] = [],
  _ change: (inout ScoreRequest) -> Void = { _ in }
) throws -> ScoredSystems {
  try withTemporaryFolder { folder in
    for file in files {
      try Data((file.lines.joined(separator: "\n") + "\n").utf8)
        .write(to: URL(fileURLWithPath: folder + "/" + file.name))
    }
    var request = ScoreRequest(files: files.map { folder + "/" + $0.name }, names: names)
    change(&request)
    return try ScoredSystems(request, toy)
  }
}

/// Writes predictions as a run and reads its results.
func written<Value>(
  _ systems: ScoredSystems, _ body: (RecordedRun, [CorpusResult]) throws -> Value
) throws -> Value {
  try withTemporaryFolder { folder in
    try systems.write(to: folder + "/run", name: "run") { _, _ in }
    let run = try RecordedRun(readingFolder: folder + "/run")
    return try body(run, run.results())
  }
}

/// The message of an error that `body` throws; empty if it throws none.
func complaint(_ body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch {
    return "\(error)"
  }
}
