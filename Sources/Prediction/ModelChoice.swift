// Which trained networks of a run answer: a variant's cells on a corpus.
import Experiments
import Files
import Foundation
import Runs

/// What the user asked for. Nil means every fold, every seed, and the first variant.
package struct ModelChoice: Equatable, Sendable {
  package var variant: String?
  package var corpus: String?
  package var fold: Int?
  package var seed: Int?
  /// The folder of the pretrained backbone, if it has moved.
  package var backbone: String?

  package init() {}
}

extension ModelChoice {
  /// Finds the corpus, the variant and their cells in a run.
  ///
  /// - Throws: `PredictError` if the run has no such corpus, variant, fold or seed.
  func cells(of run: RecordedRun) throws -> (corpus: CorpusFacts, variant: String, cells: [Cell]) {
    guard !run.isScored else {
      throw PredictError(
        run.folder, "holds predictions of another program, and no weights",
        remedy: "give a run of `reprise run`")
    }
    func unknown(_ option: String, _ found: String, _ known: [String]) -> PredictError {
      PredictError(
        run.folder, "\(option) \(found): the run has none",
        remedy: "it has \(known.joined(separator: ", "))")
    }
    let names = run.corpora.map(\.corpus)
    guard let name = corpus ?? (names.count == 1 ? names.first : nil) else {
      throw PredictError(
        run.folder, "has \(names.count) corpora: \(names.joined(separator: ", "))",
        remedy: "choose the models of one with --corpus")
    }
    guard let facts = run.corpus(name) else { throw unknown("--corpus", name, names) }
    let variants = run.experiment.variants.map(\.name)
    guard let variant = variant ?? variants.first, variants.contains(variant) else {
      throw unknown("--variant", variant ?? "", variants)
    }
    let folds = run.folds(of: facts)
    if let fold, !folds.contains(fold) {
      throw unknown("--fold", "\(fold)", folds.map(String.init))
    }
    let seeds = run.experiment.seeds
    if let seed, !seeds.contains(seed) {
      throw unknown("--seed", "\(seed)", seeds.map(String.init))
    }
    let cells = run.cells.filter {
      $0.identity.corpus == name && $0.variant == variant
        && (fold ?? $0.identity.fold) == $0.identity.fold
        && (seed ?? $0.identity.seed) == $0.identity.seed
    }
    return (
      facts, variant,
      cells.sorted { ($0.identity.seed, $0.identity.fold) < ($1.identity.seed, $1.identity.fold) }
    )
  }
}
