// What a web page tells about a place in a figure when a reader points at it.
package import Evaluation

/// A line of text and the utterances behind a point or a cell.
package struct Note: Sendable, Equatable {
  /// One utterance.
  package struct Utterance: Sendable, Equatable {
    package var id: String
    /// Words after the id, such as "3 times"; empty for none.
    package var detail: String

    package init(id: String, detail: String = "") { (self.id, self.detail) = (id, detail) }
  }

  /// The most utterances that one note lists.
  package static let limit = 12

  package var text: String
  package var utterances: [Utterance]
  /// The number of utterances beyond the listed ones.
  package var more: Int

  /// Lists the first utterances and counts the others.
  package init(text: String, utterances: [Utterance]) {
    self.text = text
    self.utterances = Array(utterances.prefix(Self.limit))
    more = max(0, utterances.count - Self.limit)
  }
}

/// The notes of a confusion matrix: which utterances are in each cell.
package struct ConfusionNotes {
  private let notes: [[Note?]]

  /// Collects the utterances of each cell. Those predicted so by the most seeds come first.
  package init(_ predictions: SystemPredictions?) {
    guard let predictions else {
      notes = []
      return
    }
    let classes = predictions.classes
    var cells = [[[(id: String, count: Int)]]](
      repeating: [[(id: String, count: Int)]](repeating: [], count: classes.count),
      count: classes.count)
    // All seeds have the same utterances in the same order.
    for (place, utterance) in predictions.utterances.enumerated() {
      guard cells.indices.contains(utterance.truth) else { continue }
      var counts = [Int](repeating: 0, count: classes.count)
      for seed in predictions.seeds {
        let predicted = seed.predictions[place].predicted
        if counts.indices.contains(predicted) { counts[predicted] += 1 }
      }
      for (predicted, count) in counts.enumerated() where count > 0 {
        cells[utterance.truth][predicted].append((utterance.id, count))
      }
    }
    let seeds = max(1, predictions.seeds.count)
    notes = cells.enumerated().map { truth, row in
      row.enumerated().map { predicted, found in
        guard !found.isEmpty else { return nil }
        let sorted = (1...seeds).reversed().flatMap { times in
          found.filter { $0.count == times }
        }
        let total = found.reduce(0) { $0 + $1.count }
        let predictions = total == 1 ? "prediction" : "predictions"
        let utterances = found.count == 1 ? "utterance" : "utterances"
        return Note(
          text: "\(classes[truth]), predicted as \(classes[predicted]): \(total) \(predictions), "
            + "\(found.count) \(utterances)",
          utterances: sorted.map {
            Note.Utterance(id: $0.id, detail: seeds > 1 ? "\($0.count) of \(seeds) seeds" : "")
          })
      }
    }
  }

  /// The notes as marks in the areas of their cells.
  func marks(area: (_ truth: Int, _ predicted: Int) -> Rectangle) -> [Mark] {
    notes.enumerated().flatMap { truth, row in
      row.enumerated().compactMap { predicted, note in
        note.map { .note($0, in: area(truth, predicted)) }
      }
    }
  }
}
