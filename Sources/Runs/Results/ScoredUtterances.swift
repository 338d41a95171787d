// Checks what the cells of a run scored, against the corpora and each other.
import Evaluation
import Files
import Settings

extension RecordedRun {
  /// Throws if a cell did not score what its fold has.
  func requireNoProblems(_ problems: [String]) throws {
    guard !problems.isEmpty else { return }
    throw IncomparableError(
      problems: problems,
      remedy: "no number of \(folder) was used; "
        + (isScored
          ? "score the predictions again into another folder (reprise score)"
          : "remove these cells and start the run again, which trains them again"))
  }

  /// Throws if two different trainings have the same predictions.
  func requireNoCopies(_ variants: [VariantResult]) throws {
    var seen: Set<String> = []
    var cells: [(predictions: CellPredictions, folder: CellFolder)] = []
    for variant in variants {
      for (folder, cell) in zip(variant.folders, variant.cells)
      where seen.insert(folder.cell.hash).inserted {
        cells.append(
          (
            CellPredictions(
              name: folder.name, seed: cell.seed, fold: cell.fold, predictions: cell.predictions),
            folder
          ))
      }
    }
    let pairs = copies(among: cells.map(\.predictions)) {
      cells[$0].folder.mayAgree(with: cells[$1].folder)
    }
    guard !pairs.isEmpty else { return }
    throw IncomparableError(
      problems: pairs.map {
        """
        \($0.first.name) and \($0.second.name) have the same predictions: one is a copy of the \
        other
        """
      },
      remedy: isScored
        ? "score each system and each seed once"
        : "two trainings never give the same probabilities; no number of \(folder) was used; "
          + "remove these cells and start the run again, which trains them again")
  }
}

extension CellFolder {
  /// The cell's folder below the run, for messages.
  var name: String { "cells/" + cell.folderName }

  /// Whether two cells may have the same predictions. Variants may differ in a setting without
  /// effect, such as one of a disabled mixup. Then seed and weights are the same too.
  fileprivate func mayAgree(with other: CellFolder) -> Bool {
    let (own, others) = (cell.identity, other.cell.identity)
    guard own.seed == others.seed, let weights = weightsDigest, weights == other.weightsDigest
    else {
      return false
    }
    let (a, b) = (own.settings, others.settings)
    return a.augmentation.mixup == b.augmentation.mixup && a.model.pooling == b.model.pooling
      && a.model.backbone == b.model.backbone
      && LossTerm.allCases.allSatisfy { a.loss[$0] == b.loss[$0] }
      && a.loss.scaling == b.loss.scaling
      && a.training.epochs == b.training.epochs
      && a.training.learningRate == b.training.learningRate
  }
}
