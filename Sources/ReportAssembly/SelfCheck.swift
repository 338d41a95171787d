// Before drawing, recomputes every stored number from the stored predictions, by a different method
// than the one that made it.
import Evaluation
import Foundation
import Runs

/// A stored number differs from the stored predictions.
package struct MismatchError: Error, Equatable, Sendable, CustomStringConvertible {
  package let file: String
  package let number: String
  package let stored: Double
  package let recomputed: Double

  package var description: String {
    """
    \(file): \(number) is \(stored), but the stored predictions give \(recomputed); no report was \
    drawn. If you edited the file, remove it and start the run again; otherwise this is a bug of \
    the program
    """
  }
}

extension RunReport {
  /// Compares the figures of the results, and of `results.json` if it exists, with a plain recount
  /// of the predictions. A seed or cell that only one side has is not a mismatch, because a run may
  /// have continued.
  ///
  /// - Throws: `MismatchError` for the first number that differs by more than rounding,
  ///   `FileError`.
  func requireConsistency() throws {
    let path = run.folder + "/" + ResultsDocument.document
    let stored = try ResultsDocument(ofRun: run.folder)
    let computed = ResultsDocument(results, run: run)
    for result in results {
      for variant in result.variants {
        let name = result.corpus.corpus
        let count = Recount(variant.cells, classes: result.corpus.classes.count)
        for (document, file) in [(computed, "the report"), (stored, path)] {
          let entry = document?.corpora.first { $0.corpus == name }?.variants
            .first { $0.variant == variant.name }
          for seed in entry?.pooled ?? [] where variant.summary.completeSeeds.contains(seed.seed) {
            let place = "\(name) \(variant.name) seed \(seed.seed)"
            try require(seed.wa, count.accuracy(seed: seed.seed), file, place + " WA")
            try require(seed.ua, count.recall(seed: seed.seed), file, place + " UA")
          }
          for cell in entry?.folds ?? []
          where variant.cells.contains(where: { ($0.seed, $0.fold) == (cell.seed, cell.fold) }) {
            let place = "\(name) \(variant.name) seed \(cell.seed) fold \(cell.fold)"
            try require(
              cell.wa, count.accuracy(seed: cell.seed, fold: cell.fold), file, place + " WA")
            try require(
              cell.ua, count.recall(seed: cell.seed, fold: cell.fold), file, place + " UA")
          }
        }
      }
    }
  }

  private func require(_ stored: Double, _ recomputed: Double, _ file: String, _ number: String)
    throws
  {
    guard abs(stored - recomputed) > 1e-9 else { return }
    throw MismatchError(file: file, number: number, stored: stored, recomputed: recomputed)
  }
}

/// The simplest computation of both figures: utterance by utterance, without a confusion matrix.
private struct Recount {
  let cells: [(seed: Int, fold: Int, predictions: [Prediction])]
  let classes: Int

  init(_ cells: [(seed: Int, fold: Int, predictions: [Prediction])], classes: Int) {
    (self.cells, self.classes) = (cells, classes)
  }

  func accuracy(seed: Int, fold: Int? = nil) -> Double { share(rows(seed, fold)) }

  func recall(seed: Int, fold: Int? = nil) -> Double {
    let rows = rows(seed, fold)
    let recalls = (0..<classes).compactMap { label in
      let own = rows.filter { $0.truth == label }
      return own.isEmpty ? nil : share(own)
    }
    return recalls.reduce(0, +) / Double(recalls.count)
  }

  private func rows(_ seed: Int, _ fold: Int?) -> [Prediction] {
    cells.filter { $0.seed == seed && (fold == nil || $0.fold == fold) }.flatMap(\.predictions)
  }

  private func share(_ rows: [Prediction]) -> Double {
    Double(rows.count { $0.truth == $0.predicted }) / Double(rows.count)
  }
}
