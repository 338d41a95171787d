// What can be wrong with a run, apart from its files and its settings.

/// Why a run cannot be made or used.
package enum RunError: Error, Equatable, Sendable {
  /// An incomplete corpus leaves nothing to train on, to choose by or to score.
  case emptyFold(corpus: String, fold: Int, role: String)
  /// The epoch would be chosen by the very speakers that are scored.
  case selectionOnScored(variant: String)
  /// A variant needs a pretrained network, and the experiment names none.
  case noBackbone(variant: String)
  /// FLAM's heads do not divide the backbone's features, or are too wide.
  case headsOfBackbone(variant: String, width: Int, heads: Int)
  /// What is tested was seen in training.
  case leaks(corpus: String, findings: [String], names: [String])
  /// The folder holds no run.
  case notARun(folder: String)
  /// The run's queue lacks cells: it was never laid out, or by another experiment.
  case notLaidOut(folder: String)
  /// No cell, or more than one, has that name.
  case noSuchCell(run: String, name: String, found: Int, example: String)
  /// Only a finished cell can be replayed.
  case notFinished(cell: String)
  /// The process may not have the memory that a cell needs.
  case memoryLimit(needed: Int, left: Int)
  /// Nothing in the run was measured on a genuine corpus.
  case onlySynthetic(folder: String)
}

extension RunError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .emptyFold(let corpus, let fold, let role):
      "\(corpus): fold \(fold) leaves no utterance to \(role); leave the fold out with --folds "
        + "or complete the corpus"
    case .selectionOnScored(let variant):
      "variant \(variant): training.selection best-validation would choose the epoch by the "
        + "speakers that protocol.evaluate_on inner-validation scores; change one of the two"
    case .noBackbone(let variant):
      "variant \(variant): model.backbone is pretrained, and the experiment names none: add "
        + "`backbone: FOLDER` to its file or give --backbone FOLDER"
    case .headsOfBackbone(let variant, let width, let heads):
      "variant \(variant): model.heads: expected a divisor of the backbone's \(width) features and "
        + "heads of at most 64 features, found \(heads)"
    case .leaks(let corpus, let findings, let names):
      "\(corpus): \(findings.count) leaks between training and test, such as \(findings.first ?? ""); "
        + "mend the corpus (reprise corpora audit says all), or go on with "
        + names.map { "--allow-leak " + $0 }.joined(separator: " ")
    case .notARun(let folder):
      "\(folder): holds no run (there is no experiment.json); give the folder that "
        + "`reprise run` wrote with --out"
    case .notLaidOut(let folder):
      "\(folder): not all of its cells are in its queue; reprise run \(folder) --prepare puts them there"
    case .noSuchCell(let run, let name, let found, let example):
      "\(run): expected one cell called \(name), found \(found); name its folder, such as \(example) "
        + "(reprise status \(run) --list open lists them)"
    case .notFinished(let cell): "\(cell): is not finished; only a finished cell can be replayed"
    case .memoryLimit(let needed, let left):
      "a cell needs about \(sizeText(needed)) of memory, and the limit leaves \(sizeText(left)); raise it "
        + "(ulimit -v, or the memory of the batch system), or make model and batch smaller"
    case .onlySynthetic(let folder):
      "\(folder): has only SYNTHETIC corpora, which are never recorded as a baseline; "
        + "make a run with a genuine corpus"
    }
  }
}
