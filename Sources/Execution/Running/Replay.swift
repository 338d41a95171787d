// Trains a recorded cell again and compares: are the bits the same, and if not, how large is the
// difference and what caused it?
import Surroundings
package import Audits
import Cells
import Evaluation
import Files
import Foundation
import Queueing
package import Runs
import Settings
import Training

/// The result of training a cell again.
package struct Replay: Codable, Sendable, Equatable {
  package let cell: String
  package let title: String
  /// The first epoch with a different loss, rate or accuracy; nil if there is none.
  package let firstDifferentEpoch: Int?
  package let epochs: Int
  /// The greatest difference of an epoch's total loss.
  package let lossDifference: Double
  package let predictionsAreIdentical: Bool
  /// The greatest difference of a predicted probability, and the number of changed predictions.
  package let probabilityDifference: Double
  package let changedClasses: Int
  package let utterances: Int
  package let weightsAreIdentical: Bool
  package let embeddingsAreIdentical: Bool
  /// Differences between the record's environment and this one: processor, kernels, libraries,
  /// program.
  package let circumstances: [String]

  /// Whether all predictions, epoch figures, weights and embeddings are bit-identical.
  package var isIdentical: Bool {
    firstDifferentEpoch == nil && predictionsAreIdentical && weightsAreIdentical
      && embeddingsAreIdentical
  }
}

extension ExperimentRun {
  /// Trains a finished cell again in a temporary folder and compares.
  ///
  /// It scores no test utterance that was not scored before. The ledger records the scoring anyway.
  ///
  /// - Parameter sound: how to read the corpus, to check that it is the recorded one.
  /// - Throws: `RunError.notFinished`, `.missingCorpus`, `.otherSound`; `FileError.damaged` for a
  ///   damaged record.
  package func replay(
    _ cell: Cell, threads: Int, sound: SoundReading, interruption: Interruption = Interruption(),
    watch: @escaping @Sendable (RunEvent) -> Void
  ) throws -> Replay {
    let recorded = CellFolder(run: folder, cell: cell)
    guard recorded.isDone else { throw RunError.notFinished(cell: cell.folderName) }
    try recorded.requireIntact()
    try requireOwnFolders(of: folder)
    guard let corpus = corpora.first(where: { $0.corpus == cell.identity.corpus }) else {
      throw RunError.notFinished(cell: cell.folderName)
    }
    var reading = sound
    reading.threads = threads
    reading.watch = { watch(.hashing(corpus: $0, done: $1, total: $2)) }
    if cell.identity.settings.model.backbone != .frames {
      try record().requireSound(of: corpus, reading)
    }
    let token = Claimant.current().token
    let place = "\(folder)/queue/replays/\(cell.folderName)@\(token)"
    try makeFolder(place)
    defer { try? FileManager.default.removeItem(atPath: place) }
    let prepared = try preparedCorpora(for: [cell], threads: threads, watch: watch)
    watch(.started(cells: 1, epochs: cell.epochs, finished: 0))
    let again = CellFolder(path: place, cell: cell)
    try again.run(
      try prepared[corpus.corpus, cell.identity.settings], folds: corpus.foldNames.count,
      CellConduct(
        ledger: cell.identity.evaluateOn == .test
          ? TestLedger(run: folder, writer: "replay-" + token) : nil,
        threads: { threads }, pause: { interruption.isRequested() ? .stop : .none },
        afterEpoch: { watch(.epoch(cell, $0)) }))
    return try Replay(recorded, again)
  }
}

extension Replay {
  /// Compares two finished folders of one cell.
  init(_ recorded: CellFolder, _ again: CellFolder) throws {
    let (old, new) = (try recorded.epochs(), try again.epochs())
    let (predicted, anew) = (try recorded.predictions(), try again.predictions())
    func isSame(_ name: String) throws -> Bool {
      try Data(readingFile: recorded.file(name)) == Data(readingFile: again.file(name))
    }
    let pairs = zip(predicted.predictions, anew.predictions)
    let differences = pairs.flatMap { zip($0.probabilities, $1.probabilities) }
      .map { abs(Double($0) - Double($1)) }
    self.init(
      cell: recorded.cell.folderName, title: recorded.cell.title,
      firstDifferentEpoch: zip(old, new).first { !$0.isSame(as: $1) }?.0.epoch
        ?? (old.count == new.count ? nil : min(old.count, new.count) + 1),
      epochs: old.count,
      lossDifference: zip(old, new).map { abs($0.losses.total - $1.losses.total) }.max() ?? 0,
      predictionsAreIdentical: try isSame("predictions.csv"),
      probabilityDifference: differences.max() ?? 0,
      changedClasses: pairs.count { $0.predicted != $1.predicted },
      utterances: predicted.predictions.count,
      weightsAreIdentical: try isSame("weights.safetensors"),
      embeddingsAreIdentical: try isSame("embeddings.npy"),
      circumstances: try recorded.origin()?.made.differences(from: .ofThisProcess)
        ?? ["the record does not contain its origin"])
  }

  /// One line with the verdict. If something differs, also the size of the difference and the
  /// circumstances.
  package var text: String {
    let what = "\(title) (\(cell))"
    let circumstances =
      circumstances.isEmpty
      ? ["same program, libraries, kernels and processor"] : circumstances
    if isIdentical {
      return
        ([
          "\(what): bit-identical: \(epochs) epochs, \(utterances) predictions, weights, embeddings"
        ]
        + circumstances).joined(separator: "\n")
    }
    return
      ([
        "\(what): NOT identical: "
          + (firstDifferentEpoch.map { "from epoch \($0) of \(epochs) on, " }
            ?? "epochs the same, ")
          + String(
            format: "total loss by at most %.3g, probabilities by at most %.3g; ", lossDifference,
            probabilityDifference)
          + "\(changedClasses) of \(utterances) utterances have another class"
      ] + circumstances).joined(separator: "\n")
  }
}

extension EpochRecord {
  /// Whether everything that a second training repeats is the same. The seconds are not.
  fileprivate func isSame(as other: EpochRecord) -> Bool {
    (losses, trainingAccuracy, gradientNorm) == (
      other.losses, other.trainingAccuracy, other.gradientNorm
    )
      && (learningRate, centerLearningRate) == (other.learningRate, other.centerLearningRate)
      && validationAccuracy == other.validationAccuracy
  }
}

extension Provenance {
  /// Differences that may change numbers, one line each.
  fileprivate func differences(from other: Provenance) -> [String] {
    zip(rows, other.rows).compactMap { old, new in
      old.value == new.value || old.name == "System" || old.name == "Cairo"
        ? nil : "differs: \(old.name): \(old.value), now \(new.value)"
    }
  }
}
