// Errors of a run, apart from its files and settings.
import BuildStamp
import Runs

/// Why a run cannot be made or used.
package enum RunError: Error, Equatable, Sendable {
  /// A fold of an incomplete corpus leaves nothing to train on, select with or score.
  case emptyFold(corpus: String, fold: Int, role: String)
  /// A corpus has a fixed test set, and the experiment wants other folds.
  case fixedTestSet(corpus: String)
  /// A variant normalises by speaker, and the speakers are unknown.
  case speakersNeeded(corpus: String, variant: String)
  /// The scored speakers would also select the epoch.
  case selectionOnScored(variant: String)
  /// Tested data were seen in training.
  case leaks(corpus: String, findings: [String], names: [String])
  /// Only a finished cell can be replayed.
  case notFinished(cell: String)
  /// The process may not use as much memory as a cell needs.
  case memoryLimit(needed: Int, left: Int)
  /// The corpora's sound is not what the finished cells were trained on.
  case otherSound(OtherSound)
  /// Frames from files are not those that the finished cells were trained on.
  case otherFrames(run: String, corpus: String, path: String, cells: Int)
  /// Clips say that they are synthetic, and no marker stands above them.
  case markedClips(path: String, title: String, clips: Int, example: String)
  /// Another version of the program made the run's finished cells.
  case otherVersion(run: String, made: String, cells: Int)
  /// The folder holds predictions of another program, which cannot be trained again.
  case scored(run: String)
  /// A corpus is missing, and its sound is needed.
  case missingCorpus(run: String, corpus: String, title: String, path: String)
}

extension RunError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .emptyFold(let corpus, let fold, let role):
      "\(corpus): fold \(fold) leaves no utterance to \(role); leave the fold out with --folds "
        + "or complete the corpus"
    case .fixedTestSet(let corpus):
      """
      \(corpus): has a fixed test set, which is fold 1, and the experiment has other folds; leave \
      folds out, and run corpora with folds in an experiment of their own
      """
    case .speakersNeeded(let corpus, let variant):
      """
      \(corpus): the manifest has no column speaker, and variant \(variant) normalises features by \
      speaker; add the column, or write features: {normalization: utterance, statistics: false} in \
      the experiment file
      """
    case .selectionOnScored(let variant):
      "variant \(variant): training.selection best-validation would choose the epoch by the "
        + "speakers that protocol.evaluate_on inner-validation scores; change one of the two"
    case .leaks(let corpus, let findings, let names):
      "\(corpus): \(findings.count) leaks between training and test, such as "
        + "\(findings.first ?? ""); correct the corpus (reprise corpora audit lists all), "
        + "or continue with " + names.map { "--allow-leak " + $0 }.joined(separator: " ")
    case .notFinished(let cell): "\(cell): is not finished; only a finished cell can be replayed"
    case .memoryLimit(let needed, let left):
      """
      a cell needs about \(sizeText(needed)) of memory, and the limit leaves \(sizeText(left)); \
      raise it (ulimit -v, or the memory of the batch system), or make model and batch smaller
      """
    case .markedClips(let path, let title, let clips, let example):
      """
      \(path): \(clips) clips of \(title) say that they are SYNTHETIC, such as \(example), but no \
      SYNTHETIC.json stands above them; restore that of their stand-in, or give the genuine corpus
      """
    case .otherSound(let found): found.description
    case .otherFrames(let run, let corpus, let path, let cells):
      """
      \(path): these are not the frames of \(corpus) that \(run) used; its \(cells) finished cells \
      are not valid for them. Restore the recorded frames, choose another --out, or train all \
      cells again with reprise run --retrain, which keeps the old cells' files
      """
    case .scored(let run):
      """
      \(run): holds predictions of another program, which `reprise score` scored; Reprise cannot \
      train, continue or replay them. Choose another folder with --out, or read this one with \
      `reprise report`, `compare`, `explain` or `check`
      """
    case .otherVersion(let run, let made, let cells):
      """
      \(run): version \(made) made its \(cells) finished cells, and this is \(programVersion); \
      one table never mixes cells of two versions. Read the run as it is, continue with version \
      \(made), choose another --out, or train all cells again with --retrain, which keeps the old \
      cells' files
      """
    case .missingCorpus(let run, let corpus, let title, let path):
      """
      \(run): needs the sound of \(title), which was at \(path) and is not there; name another \
      place with --corpus \(corpus)=PATH. Results and report are read without it
      """
    }
  }
}

/// A corpus whose sound is not what a run was trained on.
package struct OtherSound: Equatable, Sendable, CustomStringConvertible {
  package let run: String
  package let title: String
  package let path: String
  /// The number of finished cells that were trained on the recorded sound.
  package let cells: Int
  /// Clips whose sound differs, and clips that only one side has, by id in byte order.
  package let clips: [String]

  package var description: String {
    let rest = clips.count - 3
    return
      "\(path): the sound of \(clips.count) clips of \(title) is not the sound that \(run) used: "
      + clips.prefix(3).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
      + "; its \(cells) finished cells are not valid for this sound. "
      + "Restore the recorded sound, choose another --out, or train all cells again with "
      + "--retrain, which keeps the old cells' files"
  }
}
