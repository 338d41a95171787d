// The answers as CSV and as JSON.
import Experiments
import Files
import Foundation
import Runs

/// The answers of a command with what the reader must know about them.
package struct AnswerTable: Sendable {
  package let models: TrainedModels
  package let answers: [RecordingAnswer]
  package let failures: [FailedRecording]

  package init(
    _ models: TrainedModels, _ answers: [RecordingAnswer], _ failures: [FailedRecording]
  ) {
    (self.models, self.answers, self.failures) = (models, answers, failures)
  }

  /// A row for each answer, in the form that `reprise score` reads.
  package var csv: String {
    let classes = models.corpus.classes
    return CSVTable(
      header: ["id", "path", "prediction"] + classes.map { "p_" + $0 } + ["notes"],
      rows: answers.map { answer in
        [answer.recording.id, answer.recording.path, classes[answer.predicted]]
          + answer.probabilities.map(\.description) + [answer.notes.joined(separator: "; ")]
      }
    ).text
  }

  /// One document with everything.
  ///
  /// - Throws: `EncodingError`.
  package func json() throws -> String {
    let corpus = models.corpus
    let document = Document(
      run: models.run.folder, programVersion: models.run.programVersion, corpus: corpus.title,
      isSynthetic: corpus.isSynthetic, variant: models.variant, cells: models.cells,
      classes: corpus.classes, remarks: remarks,
      recordings: answers.map { answer in
        Document.Recording(
          id: answer.recording.id, path: answer.recording.path, speaker: answer.recording.speaker,
          prediction: corpus.classes[answer.predicted], probabilities: answer.probabilities,
          notes: answer.notes)
      }, failures: failures)
    return String(decoding: try canonicalJSON(document, pretty: true), as: UTF8.self)
  }

  private struct Document: Encodable {
    let run, programVersion, corpus: String
    let isSynthetic: Bool
    let variant: String
    let cells: [String]
    let classes, remarks: [String]
    let recordings: [Recording]
    let failures: [FailedRecording]

    struct Recording: Encodable {
      let id, path: String
      let speaker: String?
      let prediction: String
      /// In the order of the classes.
      let probabilities: [Float]
      let notes: [String]
    }
  }

  /// What the reader must know, one sentence or two each.
  package var remarks: [String] {
    let known = answers.lazy.map(\.recording).knownSpeakers
    return models.remarks(
      unknown: answers.count { $0.recording.speaker.map { !known.contains($0) } ?? true })
  }
}

extension TrainedModels {
  /// What the reader of answers must know.
  ///
  /// - Parameter unknown: how many recordings have no named speaker, or are the only one of theirs.
  package func remarks(unknown: Int) -> [String] {
    var remarks = [
      "\(variant) on \(corpus.title): "
        + (models.count == 1 ? "one network" : "the mean of \(models.count) networks")
        + ", \(list("fold", folds)), " + list("seed", seeds)
    ]
    let others = run.experiment.variants.map(\.name).filter { $0 != variant }
    if !others.isEmpty {
      remarks.append("other variants of the run: \(others.joined(separator: ", ")) (--variant)")
    }
    if unfinished > 0 {
      remarks.append(
        "\(unfinished) of \(unfinished + models.count) networks are not finished and do not count")
    }
    remarks.append(
      (corpus.isSynthetic ? "SYNTHETIC: the networks heard computed sounds and no people. " : "")
        + "The classes are those of \(speech). A probability says which of these classes a "
        + "recording resembles, not what anybody feels.")
    if needsSpeakers, unknown > 0 {
      remarks.append(
        "\(unknown) "
          + (unknown == 1 ? "recording has" : "recordings have")
          + " no named speaker with a second recording. Fewer of these answers are right than the "
          + "run's report says (docs/predict.md). --speaker or --speakers names the speakers.")
    }
    if models.contains(where: { $0.sound == nil }) {
      remarks.append(
        "an older version made the run: nothing compares the recordings with those of the training")
    }
    return remarks
  }

  private func list(_ name: String, _ numbers: [Int]) -> String {
    name + (numbers.count == 1 ? " " : "s ") + numbers.map(String.init).joined(separator: ", ")
  }

  /// The speech that the networks know.
  private var speech: String {
    guard !corpus.isSynthetic else { return "a stand-in of \(corpus.title)" }
    guard corpus.manifest == nil else { return "\(corpus.title), as its manifest labels them" }
    return ["iemocap", "msp-improv"].contains(corpus.corpus)
      ? "\(corpus.title), acted and improvised speech" : "\(corpus.title), acted speech"
  }
}
